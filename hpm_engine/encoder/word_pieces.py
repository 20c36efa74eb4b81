"""BERT's uncased word pieces of a text, made quickly enough for an import."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_WORD = 100  # characters; the reference calls anything longer unknown
_PACKED = 4  # bytes of a piece
_REMEMBERED = 100_000  # words in the cache: logs and hashes have ever new ones
_PUNCTUATION = r"!-/:-@\[-`{-~"
_ASCII_WORD = re.compile(rf"[a-z0-9]+|[{_PUNCTUATION}]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_CJK = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPieces:
    """A vocabulary, with a cache of words and their pieces.

    The rules are those of BERT (Devlin et al. 2019, section 3; Wu et al. 2016): lower case, no
    accents, punctuation and CJK characters alone, then the longest pieces from the left. Texts
    are data: ``[SEP]`` in a text is a bracket, a word and a bracket. Pure Python, because words
    repeat: nearly every one is a look-up, faster than the reference implementation.
    """

    def __init__(self, vocabulary: Sequence[str], unknown: int | None = None) -> None:
        """``unknown`` is the piece for words without pieces; without it they are left out."""
        self._words: Final = _Words(vocabulary, unknown)

    def __call__(self, text: str) -> NDArray[np.int32]:
        """The pieces, as indexes in the vocabulary, in the order of the text."""
        text = CONTROL.sub("", text)
        if text.isascii():
            words = ascii_words(text)
        else:
            # Only the few words with other characters take the slow way.
            words = [word for part in text.split() for word in split(part)]
        return np.frombuffer(b"".join(self._packed(words)), np.int32)

    def of_words(self, words: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """The pieces of all words in one array, and the number of each word's pieces."""
        packed = self._packed(words)
        sizes = np.fromiter(map(len, packed), np.intp, len(packed)) // _PACKED
        return np.frombuffer(b"".join(packed), np.int32), sizes

    def _packed(self, words: Sequence[str]) -> list[bytes]:
        if len(self._words) > _REMEMBERED:
            self._words.clear()
        return list(map(self._words.__getitem__, words))


class _Words(dict[str, bytes]):
    """The pieces of each word as packed 32-bit integers, cut at the first look-up."""

    def __init__(self, vocabulary: Sequence[str], unknown: int | None) -> None:
        super().__init__()
        self._pieces = {piece: position for position, piece in enumerate(vocabulary)}
        self._unknown = [] if unknown is None else [unknown]
        self._longest = max(map(len, vocabulary), default=0)

    def __missing__(self, word: str) -> bytes:
        """The longest pieces from the left; a word with an unknown part is unknown."""
        packed = self[word] = np.array(self._cut(word), np.int32).tobytes()
        return packed

    def _cut(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return self._unknown
        pieces = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for stop in range(min(len(word), start + self._longest), start, -1):
                piece = self._pieces.get(prefix + word[start:stop])
                if piece is not None:
                    pieces.append(piece)
                    start = stop
                    break
            else:
                return self._unknown
        return pieces


def ascii_words(text: str) -> list[str]:
    """The words of an ASCII text without control characters."""
    return _ASCII_WORD.findall(text.lower())


def split(text: str) -> list[str]:
    """The words of a text without spaces, by the character classes of Unicode."""
    if text.isascii():
        return ascii_words(text)
    kept = "".join(map(_cleaned, text))
    bare = "".join(c for c in unicodedata.normalize("NFD", kept) if unicodedata.category(c) != "Mn")
    return "".join(map(_spaced, bare.lower())).split()


def _cleaned(character: str) -> str:
    if character == "�" or unicodedata.category(character).startswith("C"):
        return ""
    code = ord(character)
    return f" {character} " if any(low <= code <= high for low, high in _CJK) else character


def _spaced(character: str) -> str:
    alone = (
        not character.isalnum() and character.isascii() and not character.isspace()
    ) or unicodedata.category(character).startswith("P")
    return f" {character} " if alone else character
