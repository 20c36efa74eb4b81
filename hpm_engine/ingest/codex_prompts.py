"""Tells a person's prompts in a Codex rollout from what the harness put beside them.

A prompt stands twice: as an item with the role ``user``, like the project's instructions and the
environment, and as a ``user_message`` event. The event is the person's; it comes next to its item,
before the agent does anything. So texts are held until then, and resolved together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hpm_engine.ingest.codex_lines import Record
from hpm_engine.ingest.line_records import Located
from hpm_engine.records import StepFlag, StepSource

HELD = 200

_INJECTED = (
    "# AGENTS.md instructions",
    "<INSTRUCTIONS>",
    "<collaboration_mode>",
    "<environment_context>",
    "<permissions instructions>",
    "<skill>",
    "<subagent_notification>",
    "<turn_aborted>",
    "<user_instructions>",
)
_REQUEST = "## My request for Codex:"


class Prompt(NamedTuple):
    """A text on the way to the agent, with the lines it stands on."""

    source: StepSource
    flags: StepFlag
    text: str
    lines: list[Located[Record]]


class _Held(NamedTuple):
    kind: str  # "item", "event" or "developer"
    text: str
    line: Located[Record]


class CodexPrompts:
    """Holds the texts before a turn until the agent begins."""

    def __init__(self) -> None:
        self._held: list[_Held] = []
        self._events = False  # whether the file has user_message events

    def hold(self, kind: str, text: str, line: Located[Record]) -> bool:
        """Take a text; True when so many are held that they must be resolved now."""
        self._held.append(_Held(kind, text, line))
        self._events = self._events or kind == "event"
        return len(self._held) >= HELD

    def resolve(self) -> Iterator[Prompt]:
        """The texts held, each once, in order."""
        held, self._held = self._held, []
        twins = _twins(held)
        for position, (kind, text, line) in enumerate(held):
            if position in twins.values():
                continue  # the item of an event
            if not text or text.isspace():
                continue
            if kind == "developer":
                yield Prompt(StepSource.SYSTEM, StepFlag.INJECTED, text, [line])
            elif kind == "event":
                twin = twins.get(position)
                lines = [line] if twin is None else [held[twin].line, line]
                lines.sort(key=lambda found: found.start)
                yield Prompt(StepSource.USER, StepFlag.NONE, text, lines)
            else:
                injected = self._events or text.lstrip().startswith(_INJECTED)
                flags = StepFlag.INJECTED if injected else StepFlag.NONE
                yield Prompt(StepSource.USER, flags, text, [line])


def request(prompt: str) -> str:
    """The person's words in a prompt that an editor's extension wrapped in context."""
    return prompt.partition(_REQUEST)[2].strip() or prompt


def _twins(held: list[_Held]) -> dict[int, int]:
    """For each event its item: the one with its text, else the one directly before it."""
    twins: dict[int, int] = {}
    items = [at for at, (kind, _, _) in enumerate(held) if kind == "item"]
    for at, (kind, text, _) in enumerate(held):
        if kind != "event":
            continue
        free = [item for item in items if item not in twins.values()]
        same = [item for item in free if held[item].text.strip() == text.strip()]
        before = [item for item in free if item == at - 1 and not _is_injected(held[item])]
        if same or before:
            twins[at] = (same or before)[0]
    return twins


def _is_injected(held: _Held) -> bool:
    return held.text.lstrip().startswith(_INJECTED)
