"""Where JSON values begin and end in a text that comes in pieces, without decoding them."""

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
    """One object or list, from its first bracket on, as far as the text goes so far.

    ``end`` is where it is complete (0 before); ``broken`` that its text is no JSON. A scan may go
    on when the text has grown: each byte is looked at once.
    """

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = 0
        self.broken = False
        self.quoted = False  # the text ends within a string
        self.split = False  # a string went on behind the text's end
        self.at = start
        self.tokens = 0  # looked at one by one, which costs more than bytes do
        self._closers: list[bytes] = []

    @property
    def open(self) -> bool:
        """Whether more text may complete the value."""
        return not self.end and not self.broken

    def go_on(self, text: bytearray) -> None:
        """Look on to the end of the value or of the text."""
        while self.open:
            if self.quoted:
                self.at = _end(_STRING.match(text, self.at))
                if text[self.at : self.at + 1] != b'"':
                    self.split = True
                    return
                self.quoted = False
                self.at += 1
            before = self.at
            if self._closers:
                self.at = _end(_INSIDE.match(text, before))
            token = bytes(text[self.at : self.at + 1])
            if not token or (token in _LETTERS and _is_cut_word(text, self.at)):
                return
            self._take(text, token, before)

    def _take(self, text: bytearray, token: bytes, before: int) -> None:
        self.tokens += 1
        if token == b'"':
            self.quoted = True
        elif token in _CLOSERS:
            self.broken = bool(self._closers) and not _awaits(text, before, self.at)
            self._closers.append(_CLOSERS[token])
        elif not self._closers or token != self._closers.pop():
            self.broken = True
            return
        if self.broken:
            return
        self.at += 1
        if not self._closers:
            self.end = self.at

    def awaits_value(self, text: bytearray) -> bool:
        """Whether the text ends where a value may follow: behind a colon, a comma, a bracket."""
        return not self.quoted and text.rstrip(_BLANKS).endswith((b":", b",", b"["))


def _awaits(text: bytearray, start: int, end: int) -> bool:
    """Whether a value may stand at ``end``, behind what was passed since ``start``."""
    last = text[start:end].rstrip(_BLANKS)[-1:] or text[max(0, start - 1) : start]
    return bytes(last) in (b":", b",", b"[")


def _is_cut_word(text: bytearray, at: int) -> bool:
    """Whether a text ends with the beginning of a word, which the next piece may complete."""
    rest = bytes(text[at : at + 9])
    return any(word.startswith(rest) and word != rest for word in _WORDS)


def _end(match: re.Match[bytes] | None) -> int:
    return match.end() if match else 0
