"""Rows as canonical JSON lines: what a session in a database has for original bytes.

A session begins with ``{"database": "opencode", "session": ID}``. Each row is a line
``{"table": "part", "row": {…}}`` with the columns in the order of the table; a column that holds
nothing is left out, so that a later version's new columns change no older session. A blob is
``{"base64": …}``, text that is no UTF-8 ``{"text": …}`` (base64, too), a value that is too large
``{"left_out": …}``, an infinite number ``{"number": "inf"}``.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping

import msgspec

from hpm_engine.ingest.databases.kind import Value
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.source import SourceFile

_ENCODER = msgspec.json.Encoder()


class LeftOut(msgspec.Struct, frozen=True):
    """In place of a value that was not read."""

    reason: str


class WrongText(bytes):
    """Text that is no UTF-8."""


Row = Mapping[str, Value | LeftOut]


def first_line(format_: str, session: str) -> bytes:
    """The line that begins a session."""
    return _ENCODER.encode({"database": format_, "session": session}) + b"\n"


def row_line(table: str, row: Row) -> bytes:
    """The line of a row."""
    cells = {name: _cell(value) for name, value in row.items() if value is not None}
    return _ENCODER.encode({"table": table, "row": cells}) + b"\n"


def _cell(value: Value | LeftOut) -> object:
    if isinstance(value, bytes):
        key = "text" if isinstance(value, WrongText) else "base64"
        return {key: base64.b64encode(value).decode()}
    if isinstance(value, LeftOut):
        return {"left_out": value.reason}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    return value


def cell_text(cell: object) -> str:
    """The text of a cell of a row's line; "" where it holds none."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, dict) and isinstance(packed := cell.get("text", cell.get("base64")), str):
        return cell_bytes({"base64": packed}).decode("utf-8", "replace")
    return ""


def cell_bytes(cell: object) -> bytes:
    """The bytes of a cell that holds a blob (or text); b"" where it holds none."""
    if isinstance(cell, str):
        return cell.encode("utf-8", "replace")
    packed = cell.get("base64", cell.get("text")) if isinstance(cell, dict) else None
    try:
        return base64.b64decode(packed, validate=True) if isinstance(packed, str) else b""
    except ValueError:
        return b""


class RowLine(msgspec.Struct):
    """A line of a session: its first one, or a row."""

    database: str = ""
    session: str = ""
    table: str = ""
    row: dict[str, object] = {}

    def text(self, column: str) -> str:
        """The text of a column; "" for none."""
        return cell_text(self.row.get(column))


ROW_LINE = TypedDecoder(RowLine)


def told_by(source: SourceFile, format_: str) -> bool:
    """Whether a source is a session of this format's databases."""
    return bool(source.records) and source.records[0].get("database") == format_
