"""Files that were no traces: path, size, digest and reason of each, and none of their bytes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import msgspec

from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.values.reports import FileReport, FileStatus


class AsideFile(msgspec.Struct, frozen=True):
    """A file set aside; ``sha256`` is empty where it was not read, as in secrets' usual places."""

    path: str
    size: int
    sha256: str
    reason: str
    modified_at: int | None = None


class AsideRows:
    """The files that were set aside. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._reasons: dict[str, int] = {}

    def knows(self, file: AsideFile) -> bool:
        """Whether the same file was set aside before, under the same path."""
        rows = self._db.rows("SELECT size, sha256 FROM aside WHERE path = ?", (file.path,))
        return bool(rows) and rows[0] == (file.size, bytes.fromhex(file.sha256) or None)

    def add(self, file: AsideFile) -> None:
        """Remember a file; an earlier one of the same path gives way."""
        columns = {
            "path": file.path,
            "reason_id": self._reason(file.reason.removeprefix(f"{file.path}: ")),
            "size": file.size,
            "sha256": bytes.fromhex(file.sha256) or None,
            "modified_at": file.modified_at,
            "noted_at": time.time_ns() // 1000,
        }
        self._db.execute(insertion("aside", columns, "INSERT OR REPLACE"), tuple(columns.values()))

    def _reason(self, text: str) -> int:
        """The id of a reason: thousands of files share a few."""
        known = self._reasons.get(text)
        if known is not None:
            return known
        self._db.execute("INSERT OR IGNORE INTO aside_reasons (text) VALUES (?)", (text,))
        sql = "SELECT id FROM aside_reasons WHERE text = ?"
        key: int = self._db.value(sql, (text,))
        self._reasons[text] = key
        return key

    def begin(self) -> None:
        """A transaction begins: what an earlier one looked up may be undone or removed since."""
        self._reasons.clear()

    def all(self) -> tuple[FileReport, ...]:
        """Every file that was set aside, by path, with the reason."""
        rows = self._db.rows(
            "SELECT a.path, a.size, r.text FROM aside a JOIN aside_reasons r ON r.id = a.reason_id"
            " ORDER BY a.path"
        )
        return tuple(
            FileReport(path, FileStatus.ASIDE, size=size, reason=reason)
            for path, size, reason in rows
        )

    def forget(self, path: str | None) -> int:
        """Remove the row of a path, all below a folder of that name, or all; how many went."""
        if path is None:
            return self._forget_all()
        below = path.rstrip("/") + "/"
        sql = "DELETE FROM aside WHERE path = ? OR substr(path, 1, ?) = ?"
        gone: int = self._db.execute(sql, (path, len(below), below)).rowcount
        self._tidy()
        return gone

    def _forget_all(self) -> int:
        gone: int = self._db.value("SELECT count(*) FROM aside")
        self._db.execute("DELETE FROM aside")
        self._tidy()
        return gone

    def _tidy(self) -> None:
        self._db.execute("DELETE FROM aside_reasons WHERE id NOT IN (SELECT reason_id FROM aside)")
        self._reasons.clear()


def sums(database: Database) -> tuple[int, int]:
    """How many files were set aside without their bytes, and their bytes on disk."""
    row: tuple[int, int] = database.rows("SELECT count(*), coalesce(sum(size), 0) FROM aside")[0]
    return row


def digest_lines(files: Iterable[AsideFile]) -> Iterable[bytes]:
    """What the digest over a list of files is taken of."""
    for file in files:
        parts: tuple[Any, ...] = (file.path, file.size, file.sha256)
        yield "\0".join(map(str, parts)).encode() + b"\n"
