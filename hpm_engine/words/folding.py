"""Texts with letters as the full-text index compares them, with the indexes of the original."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache

from hpm_engine.words.scripts import OPTIONAL, PICTURE, UNSEEN, usual
from hpm_engine.words.visible_text import SPELLED

_ACCENTS = "[\u0300-\u036f]"
# Cyrillic and later letters keep their accents in the index: only Latin and Greek lose them.
_LETTERS = (
    "[\xaa\xba\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0370-\u03ff\u1e00-\u1fff\u2160-\u217f"
    "\ufb00-\ufb06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
)
_CHANGED = re.compile(
    f"(?P<kept>{PICTURE})|(?P<letters>{_LETTERS}+)|{SPELLED}|{UNSEEN.pattern}|{OPTIONAL.pattern}"
    f"|(?<![\u0400-\u052f]){_ACCENTS}"
)
_ACCENT = re.compile(_ACCENTS)


class Folded:
    """A text without Latin and Greek accents and without invisible characters in words.

    ``text`` keeps its capitals, and is no longer than ``original`` except by letters like ß (ss).
    """

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        self._starts = [0]  # indexes in ``text`` from which a shift counts
        self._shifts = [0]  # what to add to an index in ``text`` for that in ``original``
        if not original.isascii():
            self._fold()

    def original_index(self, index: int) -> int:
        """The index in the original of a character of ``text``."""
        return index + self._shifts[bisect_right(self._starts, index) - 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original of the characters from ``start`` to before ``end``."""
        last = self.original_index(end - 1) + 1
        while last < len(self.original) and _ACCENT.match(self.original, last):
            last += 1
        return self.original_index(start), last

    def after(self, index: int) -> int:
        """The first index in ``text`` that is not before ``index`` in the original."""
        low, high = 0, len(self.text)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.original_index(middle) < index else (low, middle)
        return low

    def _fold(self) -> None:
        pieces: list[str] = []
        size = done = 0
        for match in _CHANGED.finditer(self.original):
            if match.lastgroup == "kept":
                continue
            pieces.append(self.original[done : match.start()])
            size += match.start() - done
            done = match.end()
            bare = _bare(match[0]) if match.lastgroup else ""
            pieces.append(bare)
            if len(bare) != len(match[0]):
                self._note_letters(match[0] if match.lastgroup else "", size, match.start())
                self._note(size + len(bare), done)
            size += len(bare)
        self.text = "".join((*pieces, self.original[done:]))

    def _note_letters(self, letters: str, index: int, original: int) -> None:
        """Note letters of which some become several, all with the index of the one."""
        for number, letter in enumerate(letters):
            for _ in _bare(letter):
                self._note(index, original + number)
                index += 1

    def _note(self, index: int, original: int) -> None:
        if self._starts[-1] == index:
            self._shifts[-1] = original - index
        else:
            self._starts.append(index)
            self._shifts.append(original - index)


def _bare(letters: str) -> str:
    return "".join(map(_bare_letter, letters))


@lru_cache(maxsize=4096)
def _bare_letter(letter: str) -> str:
    return _ACCENT.sub("", unicodedata.normalize("NFD", usual(letter)))
