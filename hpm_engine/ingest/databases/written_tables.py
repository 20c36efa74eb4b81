"""The statements that made a database's tables, found in its bytes without SQLite."""

from __future__ import annotations

import re

from hpm_engine.ingest.sources.source import SourceFile

_TABLE = re.compile(
    rb"CREATE\s{1,4}(?:VIRTUAL\s{1,4})?TABLE\s{1,4}(?:IF\s{1,4}NOT\s{1,4}EXISTS\s{1,4})?"
    rb"[\"'`\[]?(\w{1,64})[\"'`\]]?\s{0,4}(?:\(|USING)(?=([^\0]{0,400}))",
    re.IGNORECASE,
)
_TABLES = 1_000  # tables at most
_LONGEST = 600  # bytes of a statement's beginning
_MOST = 64 * 1024 * 1024  # bytes that are searched: statements are near the beginning
_WORD = re.compile(rb"\w{1,64}")


def written_tables(source: SourceFile) -> dict[str, bytes]:
    """The tables of a database: names in lower case, with the text that makes each."""
    tables: dict[str, bytes] = {}
    rest, left = b"", _MOST
    for block in source.blocks():
        text = rest + block
        for match in _TABLE.finditer(text):
            if len(tables) < _TABLES:
                tables[match[1].decode().lower()] = match[2]
        rest, left = text[-_LONGEST:], left - len(block)
        if left <= 0:
            break
    return tables


def written_columns(source: SourceFile) -> dict[str, tuple[str, ...]]:
    """The words of each table's statement, among them its columns: for a damaged database."""
    return {
        table: tuple(word.decode("ascii", "replace") for word in _WORD.findall(statement))
        for table, statement in written_tables(source).items()
    }
