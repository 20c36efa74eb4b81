"""A scan for the end of a JSON value in a text that comes in pieces, without decoding it."""

from __future__ import annotations

import re

# What may stand between two brackets of a value: strings, words, numbers, commas and colons.
_INSIDE = re.compile(
    rb'(?:[ \t\r\n,:]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"|[-+.0-9eE]++|true|false|null|NaN|Infinity)*+',
    re.DOTALL,
)
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_LETTERS = frozenset((b"t", b"f", b"n", b"N", b"I"))
_WORDS = (b"true", b"false", b"null", b"NaN", b"Infinity")
_CLOSERS = {b"{": b"}", b"[": b"]"}
_BLANKS = b" \t\r\n"


class ValueScan:
    """A scan of one object or list, from its first bracket to the end of the text so far.

    ``start`` is the offset of the bracket; ``end`` the offset behind the value, 0 while it is
    open. ``broken``: the text is no JSON. A scan may go on when the text has grown: it looks at
    each byte once.
    """

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = 0
        self.broken = False
        self.quoted = False  # the text ends within a string
        self.split = False  # a string went on behind the text's end
        self.offset = start  # everything before it was looked at
        self.tokens = 0  # brackets and quotes so far, which cost more than other bytes
        self._closers: list[bytes] = []  # of the open brackets, the innermost last

    @property
    def open(self) -> bool:
        """Whether more text may complete the value."""
        return not self.end and not self.broken

    def go_on(self, text: bytearray) -> None:
        """Scan on to the end of the value or of the text."""
        while self.open:
            if self.quoted:
                self.offset = _end(_STRING.match(text, self.offset))
                if text[self.offset : self.offset + 1] != b'"':
                    self.split = True
                    return
                self.quoted = False
                self.offset += 1
            before = self.offset
            if self._closers:
                self.offset = _end(_INSIDE.match(text, before))
            token = bytes(text[self.offset : self.offset + 1])
            if not token or (token in _LETTERS and _is_cut_word(text, self.offset)):
                return
            self._take(text, token, before)

    def _take(self, text: bytearray, token: bytes, before: int) -> None:
        self.tokens += 1
        if token == b'"':
            self.quoted = True
        elif token in _CLOSERS:
            self.broken = bool(self._closers) and not _awaits(text, before, self.offset)
            self._closers.append(_CLOSERS[token])
        elif not self._closers or token != self._closers.pop():
            self.broken = True
            return
        if self.broken:
            return
        self.offset += 1
        if not self._closers:
            self.end = self.offset

    def awaits_value(self, text: bytearray) -> bool:
        """Whether a value may follow the text: behind a colon, a comma or a bracket."""
        return not self.quoted and text.rstrip(_BLANKS).endswith((b":", b",", b"["))


def _awaits(text: bytearray, start: int, end: int) -> bool:
    """Whether a value may begin at ``end``, behind what the scan passed since ``start``."""
    last = text[start:end].rstrip(_BLANKS)[-1:] or text[max(0, start - 1) : start]
    return bytes(last) in (b":", b",", b"[")


def _is_cut_word(text: bytearray, offset: int) -> bool:
    """Whether a text ends with the beginning of a word, which the next piece may complete."""
    rest = bytes(text[offset : offset + 9])
    return any(word.startswith(rest) and word != rest for word in _WORDS)


def _end(match: re.Match[bytes] | None) -> int:
    return match.end() if match else 0
