"""Agents' SQLite databases, which are not read yet, recognised by their tables."""

from __future__ import annotations

from typing import NamedTuple

from hpm_engine.ingest.databases.written_tables import written_tables
from hpm_engine.ingest.sources.source import SourceFile


class _DatabaseKind(NamedTuple):
    """A kind of database, with its ``tables`` and a ``column`` of one of them."""

    what: str
    tables: frozenset[str]
    column: bytes = b""


def _kind(what: str, tables: str, column: bytes = b"") -> _DatabaseKind:
    return _DatabaseKind(what, frozenset(tables.split()), column)


_KINDS = (_kind("the state of VS Code or Cursor, which may hold chats", "itemtable"),)


def unread_database(source: SourceFile) -> str:
    """The content of a database in words: "chats of Cursor"; "" for an unknown one."""
    tables = written_tables(source)
    columns = b" ".join(tables.values())
    for kind in _KINDS:
        if kind.tables <= tables.keys() and kind.column in columns:
            return kind.what
    return ""
