"""The rows of one session, as its reader gets them back from their lines."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.databases.row_lines import ROW_LINE, RowLine, cell_text
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.text import RAW
from hpm_engine.ingest.json.typed import mend
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile


def session_of(source: SourceFile) -> str:
    """The id of the session whose rows a source holds."""
    session = source.records[0].get("session") if source.records else None
    return session if isinstance(session, str) else ""


def rows(source: SourceFile) -> Iterator[Located[RowLine]]:
    """The rows of a session, in order; its first line is passed over."""
    for line in typed_lines(source, ROW_LINE, source.account):
        if line.record.table:
            yield line
        else:
            source.account.pass_over("bookkeeping: the head of a session's rows")


def json_cell(cell: object) -> msgspec.Raw:
    """The JSON that a cell holds as text; ``NO_JSON`` where it holds none."""
    data = cell_text(cell).encode("utf-8", "replace")
    try:
        return RAW.decode(data) if data else NO_JSON
    except ValueError:
        pass
    try:
        return RAW.decode(mend(data))
    except ValueError:
        return NO_JSON
