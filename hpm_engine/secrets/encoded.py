"""Texts in base64: what they say, where they stand; in one line or in many."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

_WORDS = 4  # of eight characters each: a row of 40 has as many, wherever it begins
_LONGEST = 256 * 1024  # characters that are read of one
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OUTSIDE = bytes(0 if byte in _ALPHABET else 1 for byte in range(256))
_LINES = re.compile(
    rb"[A-Za-z0-9+/]{40,}(?:(?:\r?\n|(?:\\{1,8}r)?\\{1,8}n)[ \t]{0,8}[A-Za-z0-9+/]{4,})*={0,2}"
)
_BREAK = re.compile(rb"\s|\\{1,8}[nr]")
_TEXT = bytes(1 if 32 <= byte < 127 or byte in b"\t\n\r" else 0 for byte in range(256))


class EncodedText(NamedTuple):
    """A stretch of base64 from ``start`` to ``end``, and what it holds."""

    start: int
    end: int
    plain: bytes


def encoded_texts(data: bytes) -> Iterator[EncodedText]:
    """The base64 that holds text."""
    outside = data.translate(_OUTSIDE)
    # Eight bytes at once: a long row fills at least four such words that stand together.
    words = np.frombuffer(outside, np.uint64, len(data) // 8) == 0
    if words.size < _WORDS:
        return
    rows = words[:-3] & words[1:-2] & words[2:-1] & words[3:]
    firsts = np.flatnonzero(rows[1:] & ~rows[:-1]) + 1
    last = 0
    for word in ([0] if rows[0] else []) + firsts.tolist():
        start = outside.rfind(b"\x01", 0, 8 * word) + 1
        if start < last:
            continue
        match = _LINES.match(data, start, start + _LONGEST)
        if match is None:
            continue
        last = match.end()
        if not _begins_text(match.group()[:40]):
            continue
        plain = _decoded(_BREAK.sub(b"", match.group()))
        if plain:
            yield EncodedText(start, last, plain)


def _begins_text(head: bytes) -> bool:
    """Whether the first characters of base64 hold text."""
    try:
        beginning = binascii.a2b_base64(head)
    except binascii.Error:
        return False
    return sum(beginning.translate(_TEXT)) >= 0.95 * len(beginning)


def _decoded(text: bytes) -> bytes:
    """What base64 holds."""
    body = text.rstrip(b"=")
    try:
        return binascii.a2b_base64(body + b"=" * (-len(body) % 4))
    except binascii.Error:
        return b""
