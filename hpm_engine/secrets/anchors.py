"""Where keywords stand in bytes: all of them found in one pass, in any case of letters.

Four tables say by bits which groups of keywords have a byte at each of four neighbouring places;
where all four agree, the four bytes are looked up. NumPy does that for a megabyte in milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np

_WINDOW = 4
_GROUPS = 8
_CLASS = re.compile(r"\[([^\[\]]+)\]|(.)", re.DOTALL)
_HEX = "0123456789abcdef"
_NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-"
# Letters by how often they stand in traces, the most frequent first: windows of rare ones are few.
_FREQUENT = ' etaoinsrlhdcumpfgybw"\\,:/.-_01v2k3j456789xqz=()'
_RANK = {letter: index + 1 for index, letter in enumerate(_FREQUENT)}


class Anchors:
    """Keywords, ready to be found."""

    def __init__(self, keywords: Iterable[str]) -> None:
        self.keywords = tuple(dict.fromkeys(keywords))
        windows = [_rarest(_classes(keyword)) for keyword in self.keywords]
        self._expected = [
            re.compile(b"".join(map(_one_of, _classes(keyword))), re.IGNORECASE)
            for keyword in self.keywords
        ]
        self._offsets = [offset for offset, _ in windows]
        self._lengths = [len(_classes(keyword)) for keyword in self.keywords]
        self._tables = _tables([window for _, window in windows])
        self._by_code: dict[int, list[int]] = {}
        for index, (_, window) in enumerate(windows):
            for letters in product(*window):
                code = int.from_bytes(bytes(letters), "little")
                self._by_code.setdefault(code, []).append(index)
        self._codes = np.array(sorted(self._by_code), np.uint32)
        self._slots = np.zeros(1 << 16, bool)
        self._slots[_mixed(self._codes)] = True

    def find(self, data: bytes) -> Iterator[tuple[int, int, int]]:
        """Each keyword where it stands: its start, its end, its number; in order of places."""
        for place, code in self._windows(data):
            for index in self._by_code.get(code, ()):
                start = place - self._offsets[index]
                if start < 0:
                    continue
                end = start + self._lengths[index]
                if self._expected[index].match(data, start, end):
                    yield start, end, index

    def _windows(self, data: bytes) -> Iterator[tuple[int, int]]:
        size = len(data) - _WINDOW + 1
        if size <= 0:
            return
        agree = np.frombuffer(data.translate(self._tables[0]), np.uint8)[:size]
        for place in range(1, _WINDOW):
            agree = (
                agree
                & np.frombuffer(data.translate(self._tables[place]), np.uint8)[place : place + size]
            )
        places = np.flatnonzero(agree)
        if not places.size:
            return
        raw = np.frombuffer(data, np.uint8)
        codes = np.zeros(places.size, np.uint32)
        for place in range(_WINDOW):
            codes |= _LOWER_CODES[place][raw[places + place]]
        likely = self._slots[_mixed(codes)]
        places, codes = places[likely], codes[likely]
        near = np.minimum(np.searchsorted(self._codes, codes), self._codes.size - 1)
        known = self._codes[near] == codes
        yield from zip(places[known].tolist(), codes[known].tolist(), strict=True)


_LOWER = bytes(range(256)).lower()
_LOWER_CODES = [
    np.frombuffer(_LOWER, np.uint8).astype(np.uint32) << np.uint32(8 * place)
    for place in range(_WINDOW)
]


def _mixed(codes: np.ndarray) -> np.ndarray:
    return (codes * np.uint32(2654435761)) >> np.uint32(16)


def _classes(keyword: str) -> list[bytes]:
    """The bytes that may stand at each place of a keyword, in small letters."""
    places = []
    for group, letter in _CLASS.findall(keyword):
        if group:
            places.append(_letters(group).encode())
        else:
            places.append({"#": _HEX, "?": _NAME}.get(letter, letter).encode())
    return places


def _letters(group: str) -> str:
    spans = re.sub("(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), group)
    return spans


def _one_of(letters: bytes) -> bytes:
    return b"[" + b"".join(re.escape(bytes([letter])) for letter in letters) + b"]"


def _rarest(classes: list[bytes]) -> tuple[int, list[bytes]]:
    """The window of a keyword that is met least, and where it begins."""
    if len(classes) < _WINDOW:
        classes = classes + [_LOWER_BYTES] * (_WINDOW - len(classes))
    offsets = range(len(classes) - _WINDOW + 1)
    best = min(offsets, key=lambda offset: _weight(classes[offset : offset + _WINDOW]))
    return best, classes[best : best + _WINDOW]


_LOWER_BYTES = bytes(sorted(set(_LOWER)))


def _weight(window: list[bytes]) -> float:
    weight = 1.0
    for letters in window:
        weight *= sum(1 / _RANK.get(chr(letter), 60) for letter in letters)
    return weight


def _tables(windows: list[list[bytes]]) -> list[bytes]:
    """For each place the groups, as bits, that have a byte there.

    A window goes where it adds least to what a group lets through, the widest windows first.
    """
    weights = [1 / _RANK.get(chr(byte), 60) for byte in range(256)]
    groups = [[0] * _WINDOW for _ in range(_GROUPS)]  # the bytes at each place, as bits
    sums = [[0.0] * _WINDOW for _ in range(_GROUPS)]
    for window in sorted(windows, key=_weight, reverse=True):
        best = min(
            (_added(window, groups[group], sums[group], weights), group) for group in range(_GROUPS)
        )
        group = best[1]
        for place, letters in enumerate(window):
            for letter in letters:
                if not groups[group][place] >> letter & 1:
                    groups[group][place] |= 1 << letter
                    sums[group][place] += weights[letter]
    tables = [bytearray(256) for _ in range(_WINDOW)]
    for group, places in enumerate(groups):
        for place, letters_ in enumerate(places):
            for byte in range(256):
                if letters_ >> _LOWER[byte] & 1:
                    tables[place][byte] |= 1 << group
    return [bytes(table) for table in tables]


def _added(window: list[bytes], group: list[int], sums: list[float], weights: list[float]) -> float:
    before = after = 1.0
    for letters, held, total in zip(window, group, sums, strict=True):
        before *= total
        after *= total + sum(weights[letter] for letter in letters if not held >> letter & 1)
    return after - before
