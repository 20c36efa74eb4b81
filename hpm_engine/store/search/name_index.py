"""The column of a search index that has names apart, for many rows at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from hpm_engine.encoder.equal_words import Indexes, distinct_words
from hpm_engine.words.parts import (
    END,
    LONGEST,
    MOST_CHANGES,
    apart,
    chain_at,
    letters_of,
    pieces_of,
    signed,
)

_LOWER, _UPPER, _DIGIT = 1, 2, 3


def _classes() -> bytes:
    table = bytearray(256)
    for first, last, sort in (("a", "z", _LOWER), ("A", "Z", _UPPER), ("0", "9", _DIGIT)):
        for byte in range(ord(first), ord(last) + 1):
            table[byte] = sort
    return bytes(table)


def _changes() -> tuple[bytes, bytes]:
    """By three classes, as one number: whether a word goes on anew after the first; digits did."""
    anew, digits = bytearray(256), bytearray(256)
    for code in range(64):
        first, second, third = code >> 4, code >> 2 & 3, code & 3
        by_digit = first != second and _DIGIT in (first, second) and bool(first and second)
        digits[code] = by_digit
        anew[code] = (
            by_digit
            or (first, second) == (_LOWER, _UPPER)
            or (first, second, third) == (_UPPER, _UPPER, _LOWER)
        )
    return bytes(anew), bytes(digits)


_CLASSES = _classes()
_ANEW, _BY_DIGIT = _changes()
_IS_DIGIT = np.frombuffer(bytes(sort == _DIGIT for sort in _CLASSES), np.bool_)
_DOT = ord(".")
_JOINED = f" {END} "


def names_apart(data: bytes, ends: Sequence[int]) -> list[str]:
    """What to index beside each row: its names apart, each once; "" for none.

    ``data`` are the rows' texts in UTF-8, one after another, each with something between that is
    no letter; ``ends`` is where each row ends.
    """
    bounds = np.array(ends, np.intp)
    kept: dict[int, list[str]] = {}
    for at, word in signed(data):
        kept.setdefault(int(np.searchsorted(bounds, at, "right")), []).append(word)
    starts, sizes = _names(data)
    if len(starts):
        names, which = distinct_words(data, starts, sizes)
        pieces = [_indexed(name) for name in names]
        rows = np.searchsorted(bounds, starts, "right")
        for row, name in zip(*_once(rows, which, len(names)), strict=True):
            kept.setdefault(row, []).append(pieces[name])
        for row, chain in _chains(data, starts, starts + sizes, rows):
            kept.setdefault(row, []).append(chain)
    return [_JOINED.join(dict.fromkeys(kept.get(row, ()))) for row in range(len(ends))]


def _once(rows: Indexes, which: Indexes, names: int) -> tuple[list[int], list[int]]:
    """Each name of each row once."""
    row, name = np.divmod(np.unique(rows * names + which), max(names, 1))
    return row.tolist(), name.tolist()


def _names(data: bytes) -> tuple[Indexes, Indexes]:
    """Where the words begin that go on anew somewhere inside, and their sizes."""
    classes = np.frombuffer(data.translate(_CLASSES) + b"\0\0", np.uint8)
    codes = ((classes[:-2] << 4) | (classes[1:-1] << 2) | classes[2:]).tobytes()
    changes = np.flatnonzero(np.frombuffer(codes.translate(_ANEW), np.bool_))
    if not len(changes):
        return changes, changes
    breaks = np.flatnonzero(classes == 0)  # the last of them stands behind the data
    after = np.searchsorted(breaks, changes)
    words, first = np.unique(after, return_index=True)
    ends = breaks[words]
    starts = np.where(words > 0, breaks[words - 1] + 1, 0)
    by_digit = np.frombuffer(codes.translate(_BY_DIGIT), np.uint8)[changes].astype(np.intp)
    counts = np.add.reduceat(by_digit, first)
    fit = (ends - starts <= LONGEST) & (counts <= MOST_CHANGES)
    return starts[fit], (ends - starts)[fit]


@lru_cache(maxsize=65536)
def _indexed(name: str) -> str:
    pieces, letters = apart(name), letters_of(name)
    return _JOINED.join(filter(None, (pieces, letters)))


def _chains(
    data: bytes, starts: Indexes, ends: Indexes, rows: Indexes
) -> Iterator[tuple[int, str]]:
    """Names that are a part of dotted numbers: the row, and all of it apart."""
    around = np.frombuffer(b"\0\0" + data + b"\0\0", np.uint8)  # two places further on
    goes_on = np.flatnonzero((around[ends + 2] == _DOT) & _IS_DIGIT[around[ends + 3]])
    began = _IS_DIGIT[around[starts + 2]] & (around[starts + 1] == _DOT)
    began &= _IS_DIGIT[around[starts]]
    for at in (*goes_on.tolist(), *np.flatnonzero(began).tolist()):
        start, end = int(starts[at]), int(ends[at])
        first = max(0, start - LONGEST)
        near = data[first : end + LONGEST].decode("latin-1")
        chain = chain_at(near, start - first, end - first)
        if "." in chain and (pieces := pieces_of(chain)):
            yield int(rows[at]), pieces
