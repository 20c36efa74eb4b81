"""Values of decoded JSON as the kind that a reader expects; empty where they are of another."""

from __future__ import annotations

from typing import Any

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.json.text import ANYTHING, decode


def text(value: object) -> str:
    """The value, if it is a text; else ""."""
    return value if isinstance(value, str) else ""


def first_text(*values: object) -> str:
    """The first of the values that is a text with characters; else ""."""
    return next((value for value in values if isinstance(value, str) and value), "")


def mapping(value: object) -> dict[str, Any]:
    """The value, if it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The value, if it is a list; else an empty one."""
    return value if isinstance(value, list) else []


def companion_value(data: bytes | None) -> object:
    """The JSON value of a file beside a source; None for none, or a damaged one.

    What ``decode`` repairs, such as a byte order mark, is no damage.
    """
    try:
        return decode(data, ANYTHING, "") if data else None
    except CannotImport:
        return None
