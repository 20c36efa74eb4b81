"""A person's words to Gemini CLI, told from the context that the harness adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hpm_engine.ingest.gemini.parts import parts_text
from hpm_engine.ingest.steps.injected import split
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import StepFlag, StepSource

_SETUP = "This is the Gemini CLI. We are setting up the context for our chat."
_SETUP_REPLY = "Got it. Thanks for the context!"
_HOOK = "<hook_context>"
_HOOK_END = "</hook_context>"
_FILES = "--- Content from referenced files ---"


def prompt_pieces(content: object, shown: object = None) -> list[tuple[bool, str]]:
    """The pieces of a message of the user's side: (whether the harness added it, its text).

    ``shown`` is the text that the window showed as typed, None if the session does not say.
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
    """The first step with a person's words."""
    of_users = (step for step in steps if step.source is StepSource.USER)
    return next((step for step in of_users if not step.flags & StepFlag.INJECTED), None)


def is_setup_reply(text: str) -> bool:
    """Whether a reply is the harness's own, which it writes after its set-up context."""
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
    """The pieces of a text in which contexts of hooks may follow the words."""
    begin = 0
    while (start := text.find(_HOOK, begin)) >= 0:
        close = text.find(_HOOK_END, start)
        end = len(text) if close < 0 else close + len(_HOOK_END)
        yield from split(text[begin:start].strip())
        yield True, text[start:end]
        begin = end
    yield from split(text[begin:].strip() if begin else text)
