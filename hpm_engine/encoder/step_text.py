"""The texts of a step that are encoded: its action, and the state that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource
from hpm_engine.words.own_quotation import is_own_quotation

_NOBODYS = StepFlag.COPIED | StepFlag.INJECTED | StepFlag.DEMONSTRATION


def action_text(step: Step) -> str:
    """The words and calls of a step's agent or person: a_t of the paper; "" for no action.

    It has thoughts, messages and calls, without the results of calls, which make steps alike.
    Prompts and texts of the harness are nobody's action; a copied step counts in its own episode.
    """
    if step.source is StepSource.SYSTEM or step.flags & _NOBODYS:
        return ""
    return "\n".join(_said(step))


def _said(step: Step) -> Iterator[str]:
    for part in step.parts:
        if part.kind is PartKind.CALL:
            yield f"{part.name} {without_json(part.text)}"
        elif part.kind is not PartKind.RESULT and part.text.strip():
            yield f"{part.name}: {part.text}" if part.name else part.text


def action_line(step: Step) -> str:
    """The action of a step in one line: its first call, else its first words."""
    calls = (part for part in step.parts if part.kind is PartKind.CALL)
    call = next(calls, None)
    if call is not None:
        return f"{call.name} {_first_line(without_json(call.text))}".strip()
    return next((line for part in step.parts if (line := _first_line(part.text))), "")


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


def state_text(step: Step) -> str:
    """The text that a step shows the agent before its next action: a piece of s_t of the paper.

    It has the results of calls, and the whole text of people's and the harness's steps; what this
    program itself quoted from earlier sessions is left out.
    """
    own = step.source is StepSource.AGENT
    return "\n".join(part.text for part in step.parts if _shows(part, own))


def _shows(part: Part, own: bool) -> bool:
    if part.kind is PartKind.RESULT:
        return not is_own_quotation(part.text)
    return not own


def without_json(arguments: str) -> str:
    """A call's arguments as text: their values without JSON's quotes and escapes."""
    if not arguments.startswith("{"):
        return arguments
    try:
        return "\n".join(_leaves(msgspec.json.decode(arguments)))
    except (msgspec.DecodeError, RecursionError):
        return arguments


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        yield str(value)
        return
    for inner in value:
        yield from _leaves(inner)
