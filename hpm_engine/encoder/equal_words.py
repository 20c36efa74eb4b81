"""Equal words among many, found for all at once, without a look at each."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Indexes = NDArray[np.intp]
Keys = NDArray[np.uint64]

_BYTES = 8  # bytes of a word in one key
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_BYTES + 1)], np.uint64)
_MOST_BITS = 17  # bits of a slot's number: a table of 1 MB stays in the processor's cache
# Random in each run, so that nobody can make a text whose words all share a slot.
_ODD = np.array([secrets.randbits(64) | 1 for _ in range(16)], np.uint64)


def distinct_words(data: bytes, starts: Indexes, sizes: Indexes) -> tuple[list[str], Indexes]:
    """The distinct words of a text in their first order, and the index (n,) of each word in them.

    ``starts`` and ``sizes`` (n,) are in bytes; words are ASCII without NUL, of 128 bytes at most.
    """
    first = np.empty(len(starts), np.intp)
    longest = int(sizes.max(initial=0))
    padded = data + bytes(2 * longest + _BYTES)
    # Eight bytes from each byte on, as one number: a view, not a copy.
    loads = np.ndarray((len(padded) - _BYTES + 1,), "<u8", padded, strides=(1,))
    fewer, keys = 0, 1
    while fewer * _BYTES < longest:
        some = np.flatnonzero((sizes > fewer * _BYTES) & (sizes <= keys * _BYTES))
        begin, size = starts[some], sizes[some]
        columns = [
            loads[begin + offset] & _MASKS[(size - offset).clip(0, _BYTES)]
            for offset in range(0, keys * _BYTES, _BYTES)
        ]
        first[some] = some[_first_equal(columns)]
        fewer, keys = keys, 2 * keys
    own, which = _numbered(first)
    begins, ends = starts[own].tolist(), (starts[own] + sizes[own]).tolist()
    text = data.decode("latin-1")
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)], which


def distinct(values: Indexes) -> tuple[Indexes, Indexes]:
    """The first index of each distinct value, and the rank (n,) of each value among them."""
    return _numbered(_first_equal([values.astype(np.uint64)]))


def _numbered(first: Indexes) -> tuple[Indexes, Indexes]:
    own = np.flatnonzero(first == np.arange(len(first)))
    number = np.empty(len(first), np.intp)
    number[own] = np.arange(len(own))
    return own, number[first]


def _first_equal(columns: Sequence[Keys]) -> Indexes:
    """The first row that is equal in all columns, for each row (n,).

    Rows get slots by multiply-shift hashing (Dietzfelbinger et al. 1997); those that are equal to
    the first in their slot are done, the others try again with other slots.
    """
    first = np.empty(len(columns[0]), np.intp)
    mixed = sum(column * _ODD[number] for number, column in enumerate(columns))
    bits = min(_MOST_BITS, len(first).bit_length() + 2)
    left = np.arange(len(first))
    while len(left):
        slot = (mixed >> np.uint64(64 - bits)).astype(np.intp)
        of_slot = np.empty(1 << bits, np.intp)
        of_slot[slot[::-1]] = left[::-1]  # numpy keeps the last of several values for one slot
        earliest = of_slot[slot]
        same = columns[0][left] == columns[0][earliest]
        for column in columns[1:]:
            same &= column[left] == column[earliest]
        first[left[same]] = earliest[same]
        left, mixed = left[~same], mixed[~same] * _ODD[0]
    return first
