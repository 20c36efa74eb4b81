"""A stretch of damaged lines, and the records that can still be found in it.

Records on one line, records behind a cut one, and records with raw line breaks in their texts are
found; the rest is counted as damage.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property

import msgspec

from hpm_engine.ingest.json.text import RAW_OBJECT, repair
from hpm_engine.ingest.json.value_scan import ValueScan
from hpm_engine.ingest.sources.account import Account

# A record's beginning: a bracket with its first key. Bounded, so that each try is short.
_BEGINNING = re.compile(
    rb'\{[ \t\r\n]{0,100}"([^"\\\x00-\x1f]{0,100}(?:\\.[^"\\\x00-\x1f]{0,100}){0,4})"[ \t]{0,20}:',
    re.DOTALL,
)
_KEY = re.compile(rb'"([^"\\\x00-\x1f]{1,100})"[ \t]{0,20}:')
_NESTED = re.compile(rb"[\[{]")
_BETWEEN = re.compile(rb"(?:[ \t\r\n\x00\x1e,]|\xef\xbb\xbf)*+")
_IN_LIST = re.compile(rb"(?:[ \t\r\n\x00\x1e,\[\]]|\xef\xbb\xbf)*+")
_FRAMING = b" \t\r\n\x00\x1e,[]\xef\xbb\xbf"
_LOOKED_BACK = 64  # bytes before an object that tell whether it is an inner one
_TOKEN = 32  # bytes that take as long as one token
_PIECES = 10_000  # broken pieces, after which the rest of each line is one piece
_TRIES = 16  # looks at each byte, on average

Value = tuple[int, int]  # start and end of a whole value in the text


class Stretch:
    """Undecided lines, joined as the source has them, from its byte ``base`` on.

    ``is_record`` says whether a text is a record. ``like`` is a record that was read before: its
    keys tell a record from an object within a cut one. ``listed``: the source is a JSON list.
    """

    def __init__(
        self,
        base: int,
        account: Account,
        is_record: Callable[[bytes], bool],
        like: bytes,
        *,
        listed: bool,
    ) -> None:
        self.text = bytearray()
        self.base = base
        self._account = account
        self._is_record = is_record
        self._like = like
        self._between = _IN_LIST if listed else _BETWEEN
        self._apart = b",\r\n\x1e" if listed else b"\r\n\x1e"  # proper separators
        self._lines: list[tuple[int, int]] = []  # the offset of each in the text, its number
        self._done = 0  # the offset up to which all is decided
        self._scan: ValueScan | None = None  # of the value at ``_done``, still open
        self._spent = 0  # bytes that were looked at, again and again
        self._pieces = 0  # broken pieces so far
        self._values: list[Value] = []
        self._lost = self._split = False

    def add(self, number: int, start: int, line: bytes) -> None:
        """Add a line that begins at the byte ``start`` of the source."""
        self.text += b"\n" * (start - self.base - len(self.text))
        self._lines.append((len(self.text), number))
        self.text += line

    @cached_property
    def _known(self) -> set[str]:
        return set(_keys(self._like))

    @property
    def waits(self) -> bool:
        """Whether a value is open that a further line may complete."""
        return self._scan is not None

    @property
    def awaits_value(self) -> bool:
        """Whether a whole object may be the next part of the open value."""
        return self._scan is not None and self._scan.awaits_value(self.text)

    def line_number(self, offset: int) -> int:
        """The number of the line that contains an offset of the text."""
        return self._lines[self._line_index(offset)][1]

    def _line_index(self, offset: int) -> int:
        return max(0, bisect_right(self._lines, (offset, 1 << 62)) - 1)

    def values(self, *, final: bool, ended: bool = True) -> Iterator[Value]:
        """The whole records so far; the account counts the rest as damage.

        ``final``: nothing follows that could complete an open value. With ``ended`` false the
        source's last line has no end: what is open there is still being written.
        """
        while (start := self._next()) < len(self.text):
            scan = self._scan or ValueScan(start)
            self._scan = None
            self._go_on(scan)
            if scan.end and self._is_record(bytes(self.text[start : scan.end])):
                self._spent += scan.end - start
                self._values.append((start, scan.end))
                self._split |= scan.split
                self._done = scan.end
                yield start, scan.end
            elif scan.open and not final:
                self._scan = scan
                return
            elif scan.open and not ended and start >= self._lines[-1][0]:
                self._account.cut, self._done = True, len(self.text)
            else:
                self._done = self._behind(start, scan)
                self._lose(start, self._done, "cut" if scan.open else "malformed", ended=ended)
        self._finish()

    def _go_on(self, scan: ValueScan) -> None:
        before = scan.offset + _TOKEN * scan.tokens
        scan.go_on(self.text)
        self._spent += scan.offset + _TOKEN * scan.tokens - before

    def _next(self) -> int:
        match = self._between.match(self.text, self._done)
        return match.end() if match else self._done

    def _behind(self, start: int, scan: ValueScan) -> int:
        """The offset of the next possible record, behind a broken one that begins at ``start``."""
        offset = start + 1
        self._pieces += 1
        if self._pieces > _PIECES:
            following = self._line_index(start) + 1
            return self._lines[following][0] if following < len(self._lines) else len(self.text)
        while match := _BEGINNING.search(self.text, offset):
            offset = match.start()
            if self._spent > _TRIES * len(self.text) + (1 << 16):
                break
            if not self._is_inner(offset):
                return offset
            inner = ValueScan(offset)
            self._go_on(inner)
            nested = scan.open and not inner.end  # all brackets fit so far
            if not nested and self._is_like(start, offset, inner.end):
                return offset
            offset = inner.end or match.end()
        return len(self.text)

    def _is_inner(self, offset: int) -> bool:
        """Whether an object may lie in the record before it, as a value or as an item."""
        line = self._lines[self._line_index(offset)][0]
        if line == offset:
            return False
        before = bytes(self.text[max(0, offset - _LOOKED_BACK) : offset])
        return before.rstrip(b" \t\r\n").endswith((b":", b",", b"["))

    def _is_like(self, before: int, start: int, end: int) -> bool:
        """Whether an object has the keys of a known record, or of the cut one before it."""
        self._spent += start - before
        cut = _NESTED.split(bytes(self.text[before + 1 : start]), maxsplit=1)[0]
        begun = {match.group(1).decode("utf-8", "replace") for match in _KEY.finditer(cut)}
        known = self._known
        own = _keys(bytes(self.text[start:end])).keys()
        if set(self._first_key(start)) == set(self._first_key(before)):
            if begun <= own or (not known and own <= begun):
                return True
        elif not known:
            known = begun
        keys = own if end else set(self._first_key(start))
        shared = len(keys & known)
        if not end:
            return bool(shared) and keys == set(self._first_key(before))
        return keys == known or (shared >= 2 and 2 * shared >= len(keys))

    def _first_key(self, offset: int) -> list[str]:
        match = _BEGINNING.match(self.text, offset)
        return [match.group(1).decode("utf-8", "replace")] if match else []

    def _lose(self, start: int, end: int, fault: str, *, ended: bool) -> None:
        """Count bytes as damage: each line alone, indented ones with the line before."""
        first = self._line_index(start)
        last = self._line_index(max(start, end - 1))
        bounds = [start]
        for offset, _ in self._lines[first + 1 : last + 1]:
            if not self.text[offset : offset + 1].isspace():
                bounds.append(offset)
        for low, high in zip(bounds, [*bounds[1:], end], strict=True):
            piece = bytes(self.text[low:high])
            core = piece.strip(_FRAMING)
            if not core:
                continue
            if not ended and high == len(self.text) and not piece.endswith(b"\0"):
                self._account.cut = True
                continue
            self._lost = True
            where = f"line {self.line_number(low)}"
            fault = fault if core.startswith((b"{", b"[")) else ""
            reason = f"a record that is {fault}" if fault else "text that is no record"
            size = len(piece.rstrip(b" \t\r\n"))
            self._account.damage(where, self.base + low, size, reason, mended=False)

    def _finish(self) -> None:
        """Count the stretch as mended damage where nothing of it was lost."""
        text = bytes(self.text)
        self._done = len(text)
        if self._lost or not self._lines:
            return
        reason = ""
        if b"\0" in text:
            reason = "NUL bytes"
        elif self._split:
            reason = "line breaks within a text"
        elif self._share_a_line():
            reason = "several records on a line"
        if reason:
            where = f"line {self._lines[0][1]}"
            size = len(text.rstrip(b" \t\r\n"))
            self._account.damage(where, self.base, size, reason, mended=True)

    def _share_a_line(self) -> bool:
        """Whether two records share a line without a proper separator between them."""
        pairs = zip(self._values, self._values[1:], strict=False)
        between = (bytes(self.text[end:start]) for (_, end), (start, _) in pairs)
        return any(not set(gap) & set(self._apart) for gap in between)


def _keys(record: bytes) -> dict[str, msgspec.Raw]:
    """An object's members in their order; none where the text is no readable object."""
    try:
        return RAW_OBJECT.decode(record)
    except (ValueError, RecursionError):
        pass
    try:
        return RAW_OBJECT.decode(repair(record))
    except (ValueError, RecursionError):
        return {}
