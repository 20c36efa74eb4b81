"""JSON decoded straight into structs, forgiving what other programs get wrong.

Only the fields a reader asks for become Python objects, which is several times faster than a
dictionary per line. A field of an unexpected type is left at its default, a lone surrogate or a
wrong byte becomes U+FFFD: one odd field never costs the whole record.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from hpm_engine.ingest.json.text import repair

S = TypeVar("S", bound=msgspec.Struct)

NO_JSON = msgspec.Raw(b"")

BROKEN = (msgspec.DecodeError, UnicodeDecodeError)
_STRING = msgspec.json.Decoder(str)
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BREAKS = re.compile(rb"[\t\n\r]")
_ESCAPES = {b"\t": b"\\t", b"\n": b"\\n", b"\r": b"\\r"}
_QUOTE, _BRACKET = ord('"'), ord("[")


Odd = Callable[[str], None]


class TooDeep(ValueError):
    """The JSON is nested deeper than can be decoded."""


class TypedDecoder(Generic[S]):
    """Decodes JSON objects into ``struct``, whose fields must all have defaults."""

    def __init__(self, struct: type[S]) -> None:
        self._struct = struct
        self._decoder = msgspec.json.Decoder(struct)
        self._raw_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self._fields = {
            field.encode_name: (field.name, msgspec.json.Decoder(field.type))
            for field in msgspec.structs.fields(struct)
        }

    def strict(self, data: bytes | msgspec.Raw) -> S:
        """The object in ``data`` where nothing needs repair; else raises one of ``BROKEN``."""
        return self._decoder.decode(data)

    def decode(self, data: bytes | msgspec.Raw, odd: Odd | None = None) -> S | None:
        """The object in ``data``; None if it is JSON of another kind.

        ``odd`` hears the name of each field that is of an unexpected type.
        Raises ``msgspec.DecodeError`` if it is no JSON, ``TooDeep`` if it is nested too deep.
        """
        try:
            return self._decoder.decode(data)
        except BROKEN:
            return self._repaired(data, odd)
        except RecursionError as error:
            raise TooDeep(str(error)) from error

    def nested(self, data: msgspec.Raw, odd: Odd | None = None) -> S | None:
        """The object within a record; None if there is none to speak of."""
        try:
            return self.decode(data, odd)
        except (msgspec.DecodeError, TooDeep):
            return None

    def _repaired(self, data: bytes | msgspec.Raw, odd: Odd | None) -> S | None:
        mended = mend(bytes(memoryview(data)))
        try:
            return self._decoder.decode(mended)
        except msgspec.ValidationError:
            return self._field_by_field(mended, odd)
        except RecursionError as error:
            raise TooDeep(str(error)) from error

    def _field_by_field(self, data: bytes, odd: Odd | None) -> S | None:
        try:
            raw = self._raw_fields.decode(data)
        except msgspec.ValidationError:
            return None
        values: dict[str, Any] = {}
        for name, value in raw.items():
            if name in self._fields:
                attribute, decoder = self._fields[name]
                try:
                    values[attribute] = decoder.decode(value)
                except msgspec.ValidationError:
                    if odd is not None:
                        odd(name)
        return self._struct(**values)


def mend(data: bytes) -> bytes:
    """``data`` as strict JSON has it: valid UTF-8 without half characters (lone surrogates).

    Raw line breaks and tabs in strings become escapes, which makes the text longer.
    """
    text = data.decode("utf-8", "replace").encode()
    if _BREAKS.search(text):
        text = _STRINGS.sub(lambda found: _BREAKS.sub(_escape, found[0]), text)
    return repair(text)


def _escape(found: re.Match[bytes]) -> bytes:
    return _ESCAPES[found[0]]


def is_string(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is a string."""
    view = memoryview(raw)
    return view.nbytes > 0 and view[0] == _QUOTE


def is_list(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is a list."""
    view = memoryview(raw)
    return view.nbytes > 0 and view[0] == _BRACKET


def string(raw: msgspec.Raw) -> str:
    """The JSON string in ``raw``, or "" if it is none."""
    if not is_string(raw):
        return ""
    try:
        return _STRING.decode(raw)
    except BROKEN:
        try:
            return _STRING.decode(mend(bytes(memoryview(raw))))
        except msgspec.DecodeError:
            return ""


def elements(raw: msgspec.Raw) -> list[msgspec.Raw]:
    """The elements of the JSON list in ``raw``, undecoded; none if it is no list."""
    if not is_list(raw):
        return []
    try:
        return _RAWS.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return []


def as_written(raw: msgspec.Raw) -> str:
    """The JSON text itself, as it stood in the source; "" for an absent value or null."""
    text = bytes(memoryview(raw)).decode("utf-8", "replace")
    return "" if text == "null" else text
