"""Tells a person's words to Gemini CLI from the context that the harness puts around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hpm_engine.ingest.gemini.parts import parts_text
from hpm_engine.ingest.steps.injected import split
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import StepFlag, StepSource

_SETUP = "This is the Gemini CLI. We are setting up the context for our chat."
_SETUP_REPLY = "Got it. Thanks for the context!"
_HOOK, _HOOK_END = "<hook_context>", "</hook_context>"
_FILES = "--- Content from referenced files ---"


def prompt_pieces(content: object, shown: object = None) -> list[tuple[bool, str]]:
    """What a message of the user's side says, each piece with whether the harness put it there.

    ``shown`` is what the window showed as typed, where the session says so.
    """
    typed = parts_text(shown).strip()
    pieces: list[tuple[bool, str]] = []
    files = False
    for part in content if isinstance(content, list) else [content]:
        text = parts_text(part)
        files = files or text.lstrip().startswith(_FILES)
        for injected, piece in [(True, text)] if files else _text_pieces(text, typed):
            if pieces and pieces[-1][0] == injected:
                piece = f"{pieces.pop()[1]}\n{piece}"
            pieces.append((injected, piece))
    return [(injected, text) for injected, text in pieces if text]


def first_prompt(steps: Iterable[StepDraft]) -> StepDraft | None:
    """The first step that holds a person's words."""
    of_users = (step for step in steps if step.source is StepSource.USER)
    return next((step for step in of_users if not step.flags & StepFlag.INJECTED), None)


def is_setup_reply(text: str) -> bool:
    """Whether a reply is the one that the harness writes itself behind the context it sets up."""
    return text.strip() == _SETUP_REPLY


def _text_pieces(text: str, typed: str) -> Iterator[tuple[bool, str]]:
    if typed and text.strip() == typed:
        yield False, text
    elif typed and text.startswith(typed):
        yield False, typed
        yield True, text[len(typed) :].strip()
    elif text.lstrip().startswith(_SETUP):
        yield True, text
    else:
        yield from _without_hooks(text)


def _without_hooks(text: str) -> Iterator[tuple[bool, str]]:
    """A hook's context stands behind the words or in a part of its own."""
    begin = 0
    while (start := text.find(_HOOK, begin)) >= 0:
        close = text.find(_HOOK_END, start)
        end = len(text) if close < 0 else close + len(_HOOK_END)
        yield from split(text[begin:start].strip())
        yield True, text[start:end]
        begin = end
    yield from split(text[begin:].strip() if begin else text)
