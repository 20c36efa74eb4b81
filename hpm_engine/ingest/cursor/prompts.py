"""A person's words to Cursor, told from the context around them."""

from __future__ import annotations

from hpm_engine.ingest.steps.injected import split
from hpm_engine.ingest.steps.wrappers import element

_QUERY, _QUERY_END = "<user_query>", "</user_query>"
_TIME = "timestamp"
_WORKSPACE = "Workspace Path:"
_LINE = 1_000  # characters


def prompt_pieces(text: str) -> list[tuple[bool, str]]:
    """The pieces of a user's text: (whether Cursor added it, the piece).

    What stands in ``<user_query>`` is the person's; without it all but the context in front.
    """
    if _QUERY not in text:
        return list(_without_time(text))
    pieces: list[tuple[bool, str]] = []
    position = 0
    while (start := text.find(_QUERY, position)) >= 0:
        words = start + len(_QUERY)
        end = text.find(_QUERY_END, words)
        asked = text[words:] if end < 0 else text[words:end]
        pieces += [(True, text[position:start]), (False, asked)]
        position = len(text) if end < 0 else end + len(_QUERY_END)
    pieces.append((True, text[position:]))
    return [(injected, piece.strip()) for injected, piece in pieces if not piece.isspace()]


def _without_time(text: str) -> list[tuple[bool, str]]:
    """The pieces of a text that a time may begin."""
    first = element(text.lstrip())
    if first is None or first.name != _TIME:
        return list(split(text))
    bare = text.lstrip()
    return [(True, bare[: first.end]), *split(bare[first.end :].strip())]


def workspace_path(text: str) -> str:
    """The folder that a context names; "" where it names none."""
    _, found, rest = text.partition(_WORKSPACE)
    return rest[:_LINE].split("\n", 1)[0].strip().rstrip("/\\") if found else ""
