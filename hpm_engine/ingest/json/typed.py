"""A decoder of JSON into structs that forgives what other programs get wrong.

Only the fields a reader asks for become Python objects, which is several times faster than a
dictionary per line. A field of an unexpected type is left at its default, a lone surrogate or a
wrong byte becomes U+FFFD: one odd field never costs the whole record.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from hpm_engine.ingest.json.text import RAW_OBJECT, repair

S = TypeVar("S", bound=msgspec.Struct)

BROKEN = (msgspec.DecodeError, UnicodeDecodeError)  # what decoders raise for text that needs repair
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BREAKS = re.compile(rb"[\t\n\r]")
_ESCAPES = {b"\t": b"\\t", b"\n": b"\\n", b"\r": b"\\r"}

Odd = Callable[[str], None]  # hears the name of a field of an unexpected type


class TooDeep(ValueError):
    """The JSON is nested deeper than can be decoded."""


class TypedDecoder(Generic[S]):
    """Decodes JSON objects into ``struct``, whose fields must all have defaults."""

    def __init__(self, struct: type[S]) -> None:
        self._struct = struct
        self._decoder = msgspec.json.Decoder(struct)
        self._fields = {
            field.encode_name: (field.name, msgspec.json.Decoder(field.type))
            for field in msgspec.structs.fields(struct)
        }

    def strict(self, data: bytes | msgspec.Raw) -> S:
        """The object in ``data``, which needs no repair. Raises one of ``BROKEN`` where it does."""
        return self._decoder.decode(data)

    def decode(self, data: bytes | msgspec.Raw, odd: Odd | None = None) -> S | None:
        """The object in ``data``; None if it is JSON of another kind.

        ``odd`` hears the name of each field that is of an unexpected type.
        Raises ``msgspec.DecodeError`` for text that is no JSON, ``TooDeep`` for deep nesting.
        """
        try:
            return self._decoder.decode(data)
        except BROKEN:
            return self._repaired(data, odd)
        except RecursionError as error:
            raise TooDeep(str(error)) from error

    def nested(self, data: msgspec.Raw, odd: Odd | None = None) -> S | None:
        """The object in a part of a record; None if the part is no object that can be decoded."""
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
            raw = RAW_OBJECT.decode(data)
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
    """``data`` as strict JSON: valid UTF-8 without half characters (lone surrogates).

    Raw line breaks and tabs in strings become escapes, which makes the text longer.
    """
    text = data.decode("utf-8", "replace").encode()
    if _BREAKS.search(text):
        text = _STRINGS.sub(lambda string: _BREAKS.sub(_escape, string[0]), text)
    return repair(text)


def _escape(match: re.Match[bytes]) -> bytes:
    return _ESCAPES[match[0]]
