"""A full-text table and nothing beside it: what an import's writing is measured against."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.store.search.search_index import SearchRow


class BareIndex:
    """FTS5 in a file of its own, as safe on disk as a store and with the same columns of text."""

    def __init__(self, path: Path) -> None:
        self._connection = load_driver().connect(str(path), isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = wal",
            "PRAGMA synchronous = FULL",
            "CREATE VIRTUAL TABLE fts USING fts5 (said, did, saw, content='')",
        ):
            self._connection.execute(statement)

    def add(self, rows: Iterable[SearchRow]) -> None:
        """Index rows in one transaction; they are on disk then."""
        self._connection.execute("BEGIN")
        self._connection.executemany(insertion("fts", ("rowid", "said", "did", "saw")), rows)
        self._connection.execute("COMMIT")
