"""Context that a harness puts before a person's words, told from the words.

Harnesses mark their texts as elements: ``<environment_context>…</environment_context>``. New ones
appear with every version, so a name is judged by its form: words joined by an underscore
(``recommended_plugins``), or by a blank or hyphen with a typical one (``app-context``). People
paste ``<div>`` and ``<my-button>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLANK = re.compile(r"\s*")
_NAME = re.compile(r"<([A-Za-z][\w-]{0,63}(?: instructions)?)(?:\s[^<>]{0,500})?>")
_ALONE = frozenset(("INSTRUCTIONS", "skill", "skills", "plugin", "plugins"))
_WORDS = frozenset(
    (
        *("apps", "context", "environment", "instructions", "memories", "memory", "mode"),
        *("notification", "plugin", "plugins", "reminder", "skill", "skills", "tools"),
    )
)
_HEADING = re.compile(r"# AGENTS\.md\b[^\n]{0,1000}\s*")
_REQUEST = re.compile(r"^#{1,3} My request for [A-Z][\w ]{0,30}:?[ \t]*$", re.MULTILINE)
_BEFORE_REQUEST = ("# ", "## ", "<")


def split(text: str, *, elements: bool = True) -> Iterator[tuple[bool, str]]:
    """The pieces of a text in order: (whether a harness added it, its text).

    ``elements=False`` for a text that is known to be a person's: only the part before a heading
    like "My request for Codex:" is not theirs.
    """
    own = context_end(text) if elements else 0
    if context := text[:own].strip():
        yield True, context
    rest = text[own:].strip() if own else text
    request = _REQUEST.search(rest) if rest.lstrip().startswith(_BEFORE_REQUEST) else None
    if request is not None and (words := rest[request.end() :].strip()):
        yield True, rest[: request.end()].strip()
        yield False, words
    elif rest and not rest.isspace():
        yield False, rest


def context_end(text: str) -> int:
    """The end of the context at the beginning of a text; 0 for a text without context."""
    end = 0
    while (after := _element_end(text, _after_blank(text, end))) is not None:
        end = after
    return end


def _after_blank(text: str, start: int) -> int:
    blank = _BLANK.match(text, start)
    return blank.end() if blank else start


def _element_end(text: str, start: int) -> int | None:
    """The end of the context that begins at ``start``; None if none begins there."""
    heading = _HEADING.match(text, start)
    named = _NAME.match(text, heading.end() if heading else start)
    if heading is not None and (named is None or named[1] != "INSTRUCTIONS"):
        return len(text)
    if named is None or not _is_context(named[1]):
        return None
    close = f"</{named[1]}>"
    end = text.find(close, named.end())
    return len(text) if end < 0 else end + len(close)


def _is_context(name: str) -> bool:
    if name in _ALONE:
        return True
    words = re.split(r"[_ -]", name.lower())
    return "_" in name.strip("_") or (len(words) > 1 and not _WORDS.isdisjoint(words))
