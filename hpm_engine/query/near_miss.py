"""The known word that a mistyped one probably means."""

from __future__ import annotations

from collections.abc import Iterable

_SHORT = 3  # letters; shorter words have no near ones
_ONE_SLIP = 5  # letters; words up to this length may have one slip, longer ones two


def nearest(word: str, known: Iterable[str]) -> str:
    """The nearest known word with the same first letter; "" without one."""
    word = word.lower()
    slips = 1 if len(word) <= _ONE_SLIP else 2
    close = [
        (away, candidate)
        for candidate in known
        if min(len(candidate), len(word)) >= _SHORT
        and candidate[0] == word[0]
        and abs(len(candidate) - len(word)) <= slips
        and (away := distance(word, candidate)) <= slips
    ]
    return min(close)[1] if close else ""


def distance(word: str, other: str) -> int:
    """The number of letters to add, drop, change or swap (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(word, start=1):
        now = [row]
        for column, wanted in enumerate(other, start=1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != wanted))
            swapped = row > 1 and column > 1 and letter == other[column - 2]
            if swapped and word[row - 2] == wanted:
                least = min(least, before[column - 2] + 1)
            now.append(least)
        before, last = last, now
    return last[-1]
