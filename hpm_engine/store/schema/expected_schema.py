"""What a store's schema may hold: nothing that runs, and nothing in the place of our tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hpm_engine.errors import DamagedStore
from hpm_engine.store.schema.migrations import SCHEMA, TRIGGERS, VIRTUAL_TABLES, table_names

SchemaRow = tuple[str, str, str]  # of sqlite_master: type, name, sql
SCHEMA_SQL = "SELECT type, name, coalesce(sql, '') FROM sqlite_master"
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\b", re.IGNORECASE)
_SHADOWS = ("_data", "_idx", "_docsize", "_config", "_content")
_CODE = ("trigger", "view")
_NAMED = 5


def refuse_foreign(path: Path, version: int, schema: Sequence[SchemaRow]) -> None:
    """Raise ``DamagedStore`` for a store that holds code, or virtual tables, that are not ours.

    A virtual table is code of SQLite's that works on bytes which somebody else prepared.
    """
    if version < 1:
        raise DamagedStore(
            f"{path}: says that its schema is {version}, which no version of this program writes. "
            "It was not opened; restore a backup."
        )
    code = sorted(name for kind, name, sql in schema if kind in _CODE and TRIGGERS.get(name) != sql)
    if code:
        raise DamagedStore(
            f"{path}: holds code that this program did not put there ({_listed(code)}). It was not "
            "opened; ask whoever sent it."
        )
    virtual = sorted(
        name
        for kind, name, sql in schema
        if kind == "table" and _VIRTUAL.match(sql) and name not in VIRTUAL_TABLES
    )
    if virtual:
        raise DamagedStore(
            f"{path}: holds virtual tables that this program did not put there "
            f"({_listed(virtual)}). It was not opened; ask whoever sent it, or restore a backup."
        )


def schema_problems(version: int, schema: Sequence[SchemaRow]) -> list[str]:
    """What a store of today's schema has too many of, or too few, in the words of doctor."""
    if version != SCHEMA:
        return []
    problems = []
    tables = {name for kind, name, _ in schema if kind == "table"}
    ours = table_names()
    if missing := sorted(ours - tables):
        problems.append(
            f"Tables are missing ({_listed(missing)}). Restore a backup, or import the sources "
            "into a new store."
        )
    shadows = {name + ending for name in VIRTUAL_TABLES for ending in _SHADOWS}
    others = tables - ours - VIRTUAL_TABLES - shadows
    foreign = sorted(name for name in others if not name.lower().startswith("sqlite_"))
    if foreign:
        problems.append(
            f"{len(foreign):,} {'table' if len(foreign) == 1 else 'tables'} of another program "
            f"({_listed(foreign)}). This program never reads them; they only take space. Ask "
            "whoever sent the file, or import the sources into a new store."
        )
    if dropped := sorted(TRIGGERS.keys() - {name for kind, name, _ in schema if kind == "trigger"}):
        problems.append(
            f"Triggers are missing ({_listed(dropped)}): somebody took them out, so rows of the "
            "audit log may have been changed or deleted. Restore a backup, or import the sources "
            "into a new store."
        )
    return problems


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(name[:80] for name in names[:_NAMED]) + more
