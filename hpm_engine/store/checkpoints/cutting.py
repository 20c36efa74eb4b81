"""Where a state is cut into pieces: by its content, so that equal parts are equal pieces."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from hashlib import sha256
from typing import Any

LEAST = 8 * 1024  # bytes of a piece; the last one of a state may be shorter
MOST = 64 * 1024
_MASK = 0xFFF80000  # a cut each 8 KiB, once a piece has its least size
_WINDOW = 32  # bytes that decide about a cut, as many as the sum has bits
_BLOCK = 1 << 20  # bytes that are summed at once


def pieces(state: bytes) -> list[bytes]:
    """The state in pieces of 8 to 64 KiB: what an insertion moves is cut at the same bytes.

    Where to cut depends on 32 bytes alone, by a gear sum over them.
    """
    if len(state) <= LEAST:
        return [state] if state else []
    candidates = _candidates(state)
    cut, start = [], 0
    while len(state) - start > LEAST:
        index = bisect_left(candidates, start + LEAST)
        end = candidates[index] if index < len(candidates) else len(state)
        end = min(end, start + MOST, len(state))
        cut.append(state[start:end])
        start = end
    return [*cut, state[start:]] if start < len(state) else cut


def _candidates(state: bytes) -> list[int]:
    import numpy  # 0.1 s, which no small state needs

    data, gear = numpy.frombuffer(state, numpy.uint8), _gear()
    ends: list[int] = []
    for start in range(0, len(state), _BLOCK):
        first = max(0, start - _WINDOW + 1)
        sums = gear[data[first : start + _BLOCK]]
        width = 1
        while width < _WINDOW:  # the sum over 2, 4, … 32 bytes, each shifted by its distance
            sums[width:] += sums[:-width] << numpy.uint32(width)
            width *= 2
        hits = numpy.flatnonzero((sums & numpy.uint32(_MASK)) == 0) + first + 1
        ends += hits[hits > start].tolist()
    return ends


@cache
def _gear() -> Any:
    import numpy

    digests = b"".join(sha256(bytes([value])).digest()[:4] for value in range(256))
    return numpy.frombuffer(digests, "<u4").astype(numpy.uint32)
