"""JSON texts of people's files: decoded fast, repaired where needed, located byte for byte.

A repair never changes the length of a text, so every byte range stays true to the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from hpm_engine.errors import CannotImport, LimitExceeded

T = TypeVar("T")

_BOM = b"\xef\xbb\xbf"
_SEPARATORS = frozenset((b",", b" ", b"\n", b"\r", b"\t"))
# A string without an end reaches to the end of the text: a search for another string behind each
# of its quotes would take hours.
_STRING_OR_WORD = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|-Infinity|\bInfinity\b|\bNaN\b', re.DOTALL
)
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F]|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
_LONE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_CONTROL = re.compile(rb"[\x00-\x1f]")
# A translation of bytes: control characters to blanks.
_SPACED = bytes(0x20 if code < 0x20 else code for code in range(256))

RawList = list[msgspec.Raw]
RAW_LIST: msgspec.json.Decoder[RawList] = msgspec.json.Decoder(RawList)
RAW_OBJECT: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(
    dict[str, msgspec.Raw]
)
RAW: msgspec.json.Decoder[msgspec.Raw] = msgspec.json.Decoder(msgspec.Raw)
ANYTHING: msgspec.json.Decoder[object] = msgspec.json.Decoder()


def decode(data: bytes, decoder: msgspec.json.Decoder[T], name: str, location: str = "") -> T:
    """The value of a JSON text; of duplicate keys the last counts.

    A byte order mark, NaN, Infinity, lone surrogates and raw control characters are repaired.
    Errors begin with ``name`` and ``location``, a position for people such as "line 12". Raises
    ``CannotImport`` for damaged text, ``LimitExceeded`` for deep nesting.
    """
    return _decode_repairing(data, decoder, name, location)[0]


class Document:
    """One JSON text in memory whose records are decoded and located one by one."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data

    def decode(self, decoder: msgspec.json.Decoder[T]) -> T:
        """The whole value; raises as ``decode`` does."""
        data = self.data
        try:
            value, self.data = _decode_repairing(data, decoder, self.name, "")
        except LimitExceeded:
            raise
        except CannotImport:
            if b"\0" not in data:
                raise
            # A crash leaves them before a document, behind it or within.
            data = data.replace(b"\0", b" ")
            value, self.data = _decode_repairing(data, decoder, self.name, "")
        return value


def located(
    data: bytes, raws: Iterable[msgspec.Raw], start: int = 0
) -> Iterator[tuple[bytes, int]]:
    """The bytes of each raw record with its byte offset in ``data``; records come in order."""
    offset = start
    for raw in raws:
        record = bytes(raw)
        while data[offset : offset + 1] in _SEPARATORS:
            offset += 1
        if not data.startswith(record, offset):
            # Duplicate keys: the last value takes the position of the first.
            later = data.find(record, offset)
            offset = later if later >= 0 else data.find(record)
        yield record, offset
        offset += len(record)


def mark_as_blanks(data: bytes) -> bytes:
    """The text with blanks for a byte order mark, in the same length."""
    return b"   " + data[len(_BOM) :] if data.startswith(_BOM) else data


def repair(data: bytes) -> bytes:
    """The text without what strict JSON forbids but files contain, in the same length."""
    data = mark_as_blanks(data)
    # In place: millions of escapes as pieces to be joined took thirty times the text.
    repaired = bytearray(data)
    for match in _STRING_OR_WORD.finditer(data):
        start, stop = match.span()
        if data.startswith(b'"', start):
            _repair_string(data, start, stop, repaired)
        elif data.startswith(b"NaN", start):
            repaired[start:stop] = b'"" '  # three bytes are too few for a null
        else:
            repaired[start:stop] = b"null".ljust(stop - start)
    return bytes(repaired)


def _repair_string(data: bytes, start: int, stop: int, repaired: bytearray) -> None:
    if _LONE.search(data, start, stop):
        for escape in _ESCAPE.finditer(data, start, stop):
            if escape.end() - escape.start() == 6 and _LONE.match(data, escape.start()):
                repaired[escape.start() : escape.end()] = b"\\ufffd"
    if _CONTROL.search(data, start, stop):
        repaired[start:stop] = repaired[start:stop].translate(_SPACED)


def _decode_repairing(
    data: bytes, decoder: msgspec.json.Decoder[T], name: str, location: str
) -> tuple[T, bytes]:
    try:
        try:
            return decoder.decode(data), data
        except ValueError as error:  # msgspec's and Unicode's errors are ValueErrors
            repaired = repair(data)
            if repaired == data:
                raise _refused(data, name, location, error) from None
        try:
            return decoder.decode(repaired), repaired
        except ValueError as error:
            raise _refused(data, name, location, error) from None
    except RecursionError:
        raise LimitExceeded(
            f"{_where(name, location)}: the JSON is nested too deeply to be a trace."
        ) from None


def _where(name: str, location: str) -> str:
    return f"{name}, {location}" if location else name


def _refused(data: bytes, name: str, location: str, error: ValueError) -> CannotImport:
    where = _where(name, location)
    try:
        data.decode()
    except UnicodeDecodeError as broken:
        return CannotImport(
            f"{where}: byte {broken.start:,} is not UTF-8 text. Save the file as UTF-8, then "
            "import it again."
        )
    if "truncated" in str(error):
        return CannotImport(
            f"{where}: the JSON ends early; the file was cut. Import it when it is complete."
        )
    return CannotImport(f"{where}: {error}")
