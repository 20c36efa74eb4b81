"""Counts of word pieces in texts, made for whole batches at once by arithmetic over bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpm_engine.encoder.equal_words import Indexes, distinct, distinct_words
from hpm_engine.encoder.word_pieces import CONTROL, LONGEST_WORD, WordPieces, ascii_words, split

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 256  # texts; the arrays of more do not fit the processor's cache
_FEW = 3_000  # characters; fewer are read faster word by word
_BETWEEN = "\xff"  # separates texts; no text has it
_ASCII = "".join(map(chr, range(128)))
_REMOVED = "".join(CONTROL.findall(_ASCII)).encode()
_LOWER = bytes(range(256)).lower()
_SPACE = 0  # between words
_LETTER = 1  # part of a word
_ALONE = 2  # a word of one character
_KINDS = bytes(
    _SPACE if char.isspace() or char not in _ASCII else _LETTER if char.isalnum() else _ALONE
    for char in map(chr, range(256))
)


class Bag(NamedTuple):
    """The pieces of a text and their counts; a piece of two words is listed twice."""

    pieces: NDArray[np.int32]
    times: NDArray[np.float32]


def bags(pieces: WordPieces, texts: Sequence[str]) -> Iterator[Bag]:
    """The bag of each text.

    Pieces are in the order of their words' first occurrences, so that a text has the same bag in
    any batch.
    """
    for start in range(0, len(texts), _AT_ONCE):
        parted = [_parted(text) for text in texts[start : start + _AT_ONCE]]
        plain = [text for text, _ in parted]
        few = sum(map(len, plain)) < _FEW
        plain_bags = (_bag(pieces, text) for text in plain) if few else _bags(pieces, plain)
        for bag, (_, others) in zip(plain_bags, parted, strict=True):
            yield _with(bag, pieces.of_words(others)[0]) if others else bag


def _parted(text: str) -> tuple[str, list[str]]:
    """The parts of a text in ASCII, and the words of its other parts; spaces separate parts."""
    if text.isascii():
        return text, []
    parts = CONTROL.sub("", text).split()
    others = [word for part in parts if not part.isascii() for word in split(part)]
    return " ".join(filter(str.isascii, parts)), others


def _with(bag: Bag, more: NDArray[np.int32]) -> Bag:
    once = np.ones(len(more), np.float32)
    return Bag(np.append(bag.pieces, more), np.append(bag.times, once))


def _bag(pieces: WordPieces, text: str) -> Bag:
    times = Counter(ascii_words(CONTROL.sub("", text)))
    ids, sizes = pieces.of_words(list(times))
    return Bag(ids, np.repeat(np.fromiter(times.values(), np.float32, len(times)), sizes))


def _bags(pieces: WordPieces, texts: Sequence[str]) -> Iterator[Bag]:
    data = _BETWEEN.join(texts).encode("latin-1").translate(_LOWER, _REMOVED)
    text, starts, sizes = _words(data)
    words, which = distinct_words(data, starts, sizes)
    # Equal words of a text become one, in the first position.
    own, equal = distinct(text * len(words) + which)
    ids, number = pieces.of_words(words)
    word, size = which[own], number[which[own]]
    ends = np.cumsum(size)
    begins = (np.cumsum(number) - number)[word]
    ids = ids[np.repeat(begins - ends + size, size) + np.arange(size.sum())]
    times = np.repeat(np.bincount(equal), size).astype(np.float32)
    bounds = np.append(0, ends)[np.searchsorted(text[own], np.arange(len(texts) + 1))]
    for begin, end in pairwise(bounds.tolist()):
        yield Bag(ids[begin:end], times[begin:end])


def _words(data: bytes) -> tuple[Indexes, Indexes, Indexes]:
    """The text, the start and the size in bytes of each word in the joined texts."""
    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    letters, alone = np.zeros(len(kinds) + 2, np.bool_), kinds == _ALONE
    letters[1:-1] = kinds == _LETTER
    starts = np.flatnonzero((letters[1:-1] > letters[:-2]) | alone)
    ends = np.flatnonzero((letters[1:-1] > letters[2:]) | alone) + 1
    between = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(_BETWEEN))
    bounds = np.concatenate([[0], np.searchsorted(starts, between), [len(starts)]])
    text = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    # Longer words are all unknown, whatever their size.
    return text, starts, np.minimum(ends - starts, LONGEST_WORD + 1)
