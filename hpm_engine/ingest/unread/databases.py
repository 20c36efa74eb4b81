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


_KINDS = (
    _kind("the state of VS Code or Cursor, which may hold chats", "itemtable"),
    _kind(
        "sessions of Crush, or of the first OpenCode", "sessions messages files goose_db_version"
    ),
    _kind("sessions of OpenCode", "session message part"),
)
_FORKS = (
    ("kilo", "Kilo"),
    ("mimocode", "MiMo Code"),
    ("mimicode", "MiMo Code"),
    ("zcode", "ZCode"),
)


def unread_database(source: SourceFile) -> str:
    """The content of a database in words: "chats of Cursor"; "" for an unknown one."""
    tables = written_tables(source)
    columns = b" ".join(tables.values())
    for kind in _KINDS:
        if kind.tables <= tables.keys() and kind.column in columns:
            return _narrowed(kind.what, source.name.replace("\\", "/"))
    return ""


def _narrowed(what: str, name: str) -> str:
    if what == "sessions of OpenCode":
        for folder, fork in _FORKS:
            if f"/{folder}/" in name or f"/.{folder}/" in name:
                return f"sessions of {fork}, which descends from OpenCode"
    if what.startswith("sessions of Crush"):
        if "/.crush/" in name:
            return "sessions of Crush"
        if "/.opencode/" in name:
            return "sessions of OpenCode, as its first versions wrote them"
    return what
