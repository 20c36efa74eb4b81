"""What a mistyped word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable

_SHORT = 3  # nothing is near to so short a word
_ONE_SLIP = 5  # words up to this length may have one slip, longer ones two


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that ``word`` was meant to be, or "": one with the same first letter."""
    word = word.lower()
    slips = 1 if len(word) <= _ONE_SLIP else 2
    close = [
        (away, one)
        for one in known
        if min(len(one), len(word)) >= _SHORT
        and one[0] == word[0]
        and abs(len(one) - len(word)) <= slips
        and (away := distance(word, one)) <= slips
    ]
    return min(close)[1] if close else ""


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, wanted in enumerate(other, start=1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != wanted))
            swapped = row > 1 and column > 1 and letter == other[column - 2]
            if swapped and one[row - 2] == wanted:
                least = min(least, before[column - 2] + 1)
            now.append(least)
        before, last = last, now
    return last[-1]
