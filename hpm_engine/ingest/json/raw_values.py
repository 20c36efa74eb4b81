"""JSON values that a record keeps undecoded: what kind they are, and what they say as text."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.text import RAW_LIST
from hpm_engine.ingest.json.typed import BROKEN, mend

NO_JSON = msgspec.Raw(b"")  # the value of a field that a record lacks

_STRING = msgspec.json.Decoder(str)
_QUOTE = ord('"')
_BRACKET = ord("[")
_BRACE = ord("{")


def is_string(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is a string."""
    view = memoryview(raw)
    return view.nbytes > 0 and view[0] == _QUOTE


def is_list(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is a list."""
    view = memoryview(raw)
    return view.nbytes > 0 and view[0] == _BRACKET


def is_object(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is an object."""
    view = memoryview(raw)
    return view.nbytes > 0 and view[0] == _BRACE


def string(raw: msgspec.Raw) -> str:
    """The JSON string in ``raw``; "" if the value is of another kind."""
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
    """The elements of the JSON list in ``raw``, undecoded; none if the value is of another kind."""
    if not is_list(raw):
        return []
    try:
        return RAW_LIST.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return []


def as_written(raw: msgspec.Raw) -> str:
    """The JSON text itself, as the source has it; "" for an absent value or null."""
    text = bytes(memoryview(raw)).decode("utf-8", "replace")
    return "" if text == "null" else text


def raw_text(raw: msgspec.Raw) -> str:
    """The value as text: a string's content, else the JSON text; "" for an absent value or null."""
    return string(raw) if is_string(raw) else as_written(raw)
