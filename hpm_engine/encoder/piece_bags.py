"""How often texts hold which word pieces: whole batches at once, by arithmetic over their bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpm_engine.encoder.equal_words import Places, distinct, distinct_words
from hpm_engine.encoder.word_pieces import CONTROL, LONGEST_WORD, WordPieces, ascii_words, split

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 256  # texts; of more the arrays no longer stay in the processor's cache
_FEW = 3_000  # characters: fewer are read sooner one word at a time
_BETWEEN = "\xff"  # texts: no character of theirs
_ASCII = "".join(map(chr, range(128)))
_REMOVED = "".join(CONTROL.findall(_ASCII)).encode()
_LOWER = bytes(range(256)).lower()
_SPACE, _LETTER, _ALONE = range(3)
_KINDS = bytes(
    _SPACE if char.isspace() or char not in _ASCII else _LETTER if char.isalnum() else _ALONE
    for char in map(chr, range(256))
)


class Bag(NamedTuple):
    """Pieces of a text, and how often they stand there; a piece of two words stands here twice."""

    pieces: NDArray[np.int32]
    times: NDArray[np.float32]


def bags(pieces: WordPieces, texts: Sequence[str]) -> Iterator[Bag]:
    """How often ``pieces`` finds which pieces in each text.

    They stand in the order in which their words are met first, so a text has the same bag
    whatever texts are beside it.
    """
    for start in range(0, len(texts), _AT_ONCE):
        parted = [_parted(text) for text in texts[start : start + _AT_ONCE]]
        plain = [text for text, _ in parted]
        few = sum(map(len, plain)) < _FEW
        found = (_bag(pieces, text) for text in plain) if few else _bags(pieces, plain)
        for bag, (_, others) in zip(found, parted, strict=True):
            yield _with(bag, pieces.of_words(others)[0]) if others else bag


def _parted(text: str) -> tuple[str, list[str]]:
    """What is ASCII, and the words of what between two spaces is not all ASCII."""
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
    found, sizes = pieces.of_words(list(times))
    return Bag(found, np.repeat(np.fromiter(times.values(), np.float32, len(times)), sizes))


def _bags(pieces: WordPieces, texts: Sequence[str]) -> Iterator[Bag]:
    data = _BETWEEN.join(texts).encode("latin-1").translate(_LOWER, _REMOVED)
    text, starts, sizes = _words(data)
    words, which = distinct_words(data, starts, sizes)
    # Equal words of a text become one, where it stands there first.
    own, equal = distinct(text * len(words) + which)
    found, number = pieces.of_words(words)
    word, size = which[own], number[which[own]]
    ends = np.cumsum(size)
    begins = (np.cumsum(number) - number)[word]
    found = found[np.repeat(begins - ends + size, size) + np.arange(size.sum())]
    times = np.repeat(np.bincount(equal), size).astype(np.float32)
    bounds = np.append(0, ends)[np.searchsorted(text[own], np.arange(len(texts) + 1))]
    for begin, end in pairwise(bounds.tolist()):
        yield Bag(found[begin:end], times[begin:end])


def _words(data: bytes) -> tuple[Places, Places, Places]:
    """Of each word of the joined texts the text, where it begins, and its size in bytes."""
    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    letters, alone = np.zeros(len(kinds) + 2, np.bool_), kinds == _ALONE
    letters[1:-1] = kinds == _LETTER
    starts = np.flatnonzero((letters[1:-1] > letters[:-2]) | alone)
    ends = np.flatnonzero((letters[1:-1] > letters[2:]) | alone) + 1
    between = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(_BETWEEN))
    bounds = np.concatenate([[0], np.searchsorted(starts, between), [len(starts)]])
    text = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    # Longer words are all the same: unknown.
    return text, starts, np.minimum(ends - starts, LONGEST_WORD + 1)
