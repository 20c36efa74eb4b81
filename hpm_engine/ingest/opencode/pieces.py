"""The records of a session of OpenCode: rows of its tables, or files of its folders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from hpm_engine.ingest.databases.row_lines import ROW_LINE, RowLine
from hpm_engine.ingest.sources.line_records import typed_lines
from hpm_engine.ingest.sources.source import SourceFile

_OWN = frozenset(("session", "message", "part", "project", "model_usage"))


class OpenCodePiece(NamedTuple):
    """A session, a message, a part or a project, as the agent wrote it."""

    kind: str
    row: RowLine
    raw: tuple[int, int]  # first byte and size of its line

    @property
    def data(self) -> bytes:
        """Its JSON, in a column or as a file of its own; empty where it has none."""
        if (own := self.row.row.get("json")) is not None:
            return msgspec.json.encode(own)
        return self.row.text("data").encode("utf-8", "replace")


def pieces(source: SourceFile) -> Iterator[OpenCodePiece]:
    """The pieces in their order; others' rows are passed over, by the name of their table."""
    account = source.account
    for line in typed_lines(source, ROW_LINE, account):
        row = line.record
        if row.table in _OWN:
            yield OpenCodePiece(row.table, row, (line.start, line.size))
        elif row.table:
            account.pass_over(f"bookkeeping: table {row.table[:40]}")
        elif row.database:
            account.pass_over("the line that begins a session of a database")
        else:
            account.miss_record("a line that is no row")
