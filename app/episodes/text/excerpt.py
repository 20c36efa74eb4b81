"""How much of a step's text is shown: a preview, all of it, or as much as a card can carry."""

from __future__ import annotations

import json
from enum import Enum
from typing import NamedTuple

from app.episodes.text.hit_pattern import HitPattern
from app.kit.formatting import number
from hpm_engine import Part, PartKind, visible

PORTION = 20_000  # characters added by each "show more"
MOST = 100_000  # characters; the record pane has the rest
LONGEST_LINE = 4_000  # characters; laying out a longer line would freeze the window
LARGEST_JSON = 50_000  # characters
AROUND = 120  # characters on each side of a hit beyond the preview
SEARCHED = 1_000_000  # characters that are searched for a hit


class Reach(Enum):
    """How much is shown at first, as (characters, lines): of a message more than of a result."""

    MESSAGE = (6_000, 150)
    RESULT = (900, 6)


class Excerpt(NamedTuple):
    """The part of a text that is shown.

    ``text`` is ready to paint; ``link`` offers the next portion ("" if there is none).
    """

    text: str
    link: str
    shown: int


def excerpt(
    text: str, portions: int, wanted: HitPattern | None = None, reach: Reach = Reach.RESULT
) -> Excerpt:
    """The beginning of ``text``: a preview, or ``portions`` times 20,000 characters.

    A preview that lacks what was searched for ends with the first hit of it.
    """
    chars, lines = reach.value
    limit = min(max(chars, portions * PORTION), MOST) if portions else chars
    part = text[:limit]
    if not portions:
        part = _first_lines(part, lines)
        whole = part + _around(text, len(part), wanted)
    else:
        whole = part
    # A preview may end within a break of two characters.
    shown = visible("\n".join(_pieces(whole)).removesuffix("\r"), lines=True)
    return Excerpt(shown, _link(len(text), len(part), portions), len(part))


def _around(text: str, start: int, wanted: HitPattern | None) -> str:
    if wanted is None or wanted.first(text, 0, start):
        return ""
    span = wanted.first(text, start, start + SEARCHED)
    if span is None:
        return ""
    first, last = max(start, span[0] - AROUND), min(span[1], span[0] + AROUND) + AROUND
    return f"\n⋯ {' '.join(text[first:last].split())} ⋯"


def _first_lines(text: str, count: int) -> str:
    end = -1
    for _ in range(count):
        end = text.find("\n", end + 1)
        if end < 0:
            return text
    return text[:end]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for line in text.split("\n"):
        if len(line) <= LONGEST_LINE:
            pieces.append(line)
            continue
        pieces += [line[i : i + LONGEST_LINE] for i in range(0, len(line), LONGEST_LINE)]
    return pieces


def _link(size: int, shown: int, portions: int) -> str:
    if shown >= size:
        return "show less" if portions else ""
    if shown >= MOST:
        return f"first {number(MOST)} of {number(size)} chars; the record pane has the rest"
    if size <= (portions + 1) * PORTION:
        return f"show all ({number(size)} chars)"
    return f"show {number(PORTION)} more (of {number(size)} chars)"


def readable(part: Part) -> str:
    """A part's text as people read it: a call's JSON arguments one by one, unescaped."""
    if part.kind is not PartKind.CALL or len(part.text) > LARGEST_JSON:
        return part.text
    if not part.text.lstrip().startswith("{"):
        return part.text
    try:
        arguments = json.loads(part.text)
    except (ValueError, RecursionError):
        return part.text
    if not isinstance(arguments, dict):
        return part.text
    if len(arguments) == 1 and isinstance(only := next(iter(arguments.values())), str):
        return only
    return "\n".join(_argument(name, value) for name, value in arguments.items())


def _argument(name: str, value: object) -> str:
    if isinstance(value, str):
        return f"{name}:\n{value}" if "\n" in value else f"{name}: {value}"
    try:
        return f"{name}: {json.dumps(value, ensure_ascii=False, indent=2)}"
    except RecursionError:
        return f"{name}: (nested too deeply to show)"
