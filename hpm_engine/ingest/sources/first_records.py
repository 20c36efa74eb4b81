"""The first records of a source, each of them whole: they tell its format.

A format's marks may follow a prompt of 100 KB, or lines of bookkeeping: no fixed number of bytes
holds them. Lists in long values are cut to their first items.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.json.text import ANYTHING, RAW, RAW_LIST, RAW_OBJECT, decode
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.opening import Opening, first_objects, read_opening
from hpm_engine.ingest.sources.stream_framing import unframed

if TYPE_CHECKING:
    from hpm_engine.ingest.sources.source import SourceFile

_FRAMING = b"\xef\xbb\xbf \t\r\n\0\x1e"
_SMALL = 64 * 1024  # bytes; a value up to this size is decoded whole
_ITEMS = 100  # items of a long list that are decoded
_DECODED = 32 * 1024 * 1024  # bytes of one value, beyond which its lists and objects are empty
_LINES = 1_000  # first lines
_LINES_SIZE = 8 * 1024 * 1024  # bytes of first lines


def whole_opening(source: SourceFile) -> Opening | None:
    """The opening of a source whose first value reaches beyond its head.

    None for a value that is damaged or nests too deep: the head then tells the reader, which
    reports the damage.
    """
    offset, line = next(
        ((start, line) for start, line in source.lines(Account()) if _carried(line)), (0, b"")
    )
    core = _carried(line)
    try:
        if core.endswith((b"}", b"]")):
            framed = core != line.strip(_FRAMING)
            more = framed or _goes_on(source, offset + len(line))
            return Opening(_shortened(core, source), more=more)
    except CannotImport:
        pass  # a bracket may end the first line of a whole document, too
    if source.size > source.limits.document_size:
        return None
    try:
        return Opening(_shortened(source.read().strip(_FRAMING), source))
    except CannotImport:
        return None


def first_lines(source: SourceFile) -> tuple[bytes, ...]:
    """The first lines that are not blank: 1,000, or 8 MB and the line that ends there.

    Lines longer than ``limits.line_size`` are left out.
    """
    lines: list[bytes] = []
    size = 0
    for _, line in source.lines(Account(), bare_cr=True):
        if core := _carried(line):
            lines.append(core)
            size += len(core)
        if len(lines) == _LINES or size > _LINES_SIZE:
            break
    return tuple(lines)


def first_records(source: SourceFile) -> tuple[dict[str, object], ...]:
    """The objects among a source's first lines or its list's first items; else its one object.

    Where all lines are damaged, the records are the beginnings of lines.
    """
    opening = source.opening
    if isinstance(opening.value, list) and not opening.more:
        return tuple(item for item in opening.value if isinstance(item, dict))
    if not opening.more:
        return (opening.keys,) if opening.keys else ()
    records: list[dict[str, object]] = []
    if source.first_lines[:1] in ((b"{",), (b"[",)):
        records += first_objects(source.head, source.name, source.limits.json_depth)
    for line in source.first_lines if not records else ():
        try:
            value = _shortened(line, source)
        except CannotImport:
            continue
        if isinstance(value, dict):
            records.append(value)
    return tuple(records) or tuple(_begun(source))


def _carried(line: bytes) -> bytes:
    return unframed(line.strip(_FRAMING))


def _begun(source: SourceFile) -> Iterator[dict[str, object]]:
    for line in source.first_lines[:_ITEMS]:
        try:
            record = read_opening(line[:_SMALL], source.name, source.limits.json_depth).keys
        except CannotImport:
            continue
        if record:
            yield record


def _goes_on(source: SourceFile, end: int) -> bool:
    """Whether anything follows the first ``end`` bytes."""
    left = end
    for block in source.blocks():
        if left < len(block) and block[max(left, 0) :].strip(_FRAMING):
            return True
        left -= len(block)
    return False


def _shortened(data: bytes, source: SourceFile) -> object:
    if len(data) <= _SMALL:
        return decode(data, ANYTHING, source.name)
    return _Shortening(source).value(decode(data, RAW, source.name), 0)


class _Shortening:
    """A decoder of a long value that cuts its long lists to their first items."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._left = _DECODED

    def value(self, raw: msgspec.Raw, depth: int) -> object:
        """The value, which lies in ``depth`` lists and objects."""
        data = memoryview(raw)
        name, first = self._source.name, bytes(data[:1])
        if data.nbytes > _SMALL and first in (b"{", b"["):
            if depth == self._source.limits.json_depth:
                raise LimitExceeded(f"{name}: JSON nested deeper than {depth} levels is no trace.")
            if first == b"[":
                items = decode(bytes(data), RAW_LIST, name)[:_ITEMS]
                return [self.value(item, depth + 1) for item in items]
            members = decode(bytes(data), RAW_OBJECT, name)
            return {key: self.value(member, depth + 1) for key, member in members.items()}
        self._left -= data.nbytes
        if self._left < 0 and first in (b"{", b"["):
            return {} if first == b"{" else []
        return decode(bytes(data), ANYTHING, name)
