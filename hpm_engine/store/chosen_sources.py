"""Chosen sources, and the files of theirs that were read, so that they are not read again."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from hashlib import sha256

from hpm_engine.audit.chain import canonical_json
from hpm_engine.errors import BadQuery, NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import Columns, ReadBy, insertion
from hpm_engine.values.reports import Changed
from hpm_engine.values.syncing import ChosenSource

_SOURCE = Columns(
    ChosenSource,
    {
        "path": "path",
        "agent": "agent",
        "paused": ReadBy("paused", bool),
        "added_at": "added_at",
        "synced_at": "synced_at",
        "failure": "failure",
    },
)
_CHANGED = Changed.SETTINGS | Changed.AUDIT
_LONGEST = 4_096  # characters of a path
FileState = tuple[int, int, int]  # its size in bytes, and when it and its row changed (ns)


class ChosenSources:
    """The chosen sources of one store; every choice is a transaction with its audit row."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit

    def all(self) -> tuple[ChosenSource, ...]:
        """Every chosen source, by path."""
        with self._db.reading():
            sql = f"SELECT {_SOURCE.sql} FROM chosen_sources ORDER BY path"
            return tuple(_SOURCE.values(self._db.rows(sql)))

    def add(self, path: str, agent: str = "") -> Changed:
        """Choose a source; one that is there is left as it is.

        Raises ``BadQuery`` for a path that is not absolute.
        """
        if not os.path.isabs(path) or len(path) > _LONGEST or "\0" in path:
            raise BadQuery(f"{path[:200]}: a source is an absolute path of a folder or a file.", 0)
        with self._db.writing():
            if self._agent(path) is not None:
                return Changed.NOTHING
            columns = ("path", "agent", "paused", "added_at")
            values = (path, agent, 0, time.time_ns() // 1000)
            self._db.execute(insertion("chosen_sources", columns), values)
            self._note("choose source", path, agent)
        return _CHANGED

    def remove(self, path: str) -> Changed:
        """Keep a source up to date no longer; what was imported stays. Raises ``NotFound``."""
        with self._db.writing():
            agent = self._existing(path)
            self._db.execute("DELETE FROM chosen_sources WHERE path = ?", (path,))
            below = path.rstrip(os.sep) + os.sep
            self._db.execute(
                "DELETE FROM read_files WHERE path = ? OR substr(path, 1, ?) = ?",
                (path, len(below), below),
            )
            self._note("leave source", path, agent)
        return _CHANGED

    def pause(self, path: str, paused: bool) -> Changed:
        """Leave a source alone for a while, or go on with it. Raises ``NotFound``."""
        with self._db.writing():
            agent = self._existing(path)
            sql = "UPDATE chosen_sources SET paused = ? WHERE path = ? AND paused <> ?"
            if not self._db.execute(sql, (paused, path, paused)).rowcount:
                return Changed.NOTHING
            if paused:
                self._note("pause source", path, agent)
            else:
                self._note("resume source", path, agent)
        return _CHANGED

    def states(self) -> dict[str, FileState]:
        """The files that were read, as they were then."""
        with self._db.reading():
            rows = self._db.rows("SELECT path, size, modified_ns, changed_ns FROM read_files")
        return {path: (size, modified, changed) for path, size, modified, changed in rows}

    def keep(
        self, taken: Mapping[str, FileState], aside: Mapping[str, FileState], version: str
    ) -> None:
        """Remember files that were read, those without a session by this version."""
        if not taken and not aside:
            return
        columns = ("path", "size", "modified_ns", "changed_ns", "aside_by")
        sql = insertion("read_files", columns, "INSERT OR REPLACE")
        with self._db.writing():
            for files, by in ((taken, ""), (aside, version)):
                for path, state in files.items():
                    self._db.execute(sql, (path, *state, by))

    def forget_unread(self, version: str) -> None:
        """Forget the files that an earlier version found no session in: this one may."""
        sql = "SELECT count(*) FROM read_files WHERE aside_by NOT IN ('', ?)"
        if not self._db.value(sql, (version,)):
            return
        with self._db.writing():
            self._db.execute("DELETE FROM read_files WHERE aside_by NOT IN ('', ?)", (version,))

    def synced(self, failures: Mapping[str, str], at: int) -> None:
        """Sources were looked at, with what was the matter with each ("" for nothing).

        One that failed was synced when it last did not.
        """
        with self._db.writing():
            self._db.connection.executemany(
                "UPDATE chosen_sources SET failure = ?1,"
                " synced_at = CASE WHEN ?1 = '' THEN ?2 ELSE synced_at END WHERE path = ?3",
                [(failure, at, path) for path, failure in failures.items()],
            )

    def _agent(self, path: str) -> str | None:
        sql = "SELECT agent FROM chosen_sources WHERE path = ?"
        agent: str | None = self._db.value(sql, (path,))
        return agent

    def _existing(self, path: str) -> str:
        agent = self._agent(path)
        if agent is None:
            raise NotFound(
                f"{self._db.path}: {path} is no chosen source. `hpm sources {self._db.path} list` "
                "lists them."
            )
        return agent

    def _note(self, action: str, path: str, agent: str) -> None:
        digest = sha256(canonical_json({"source": path}).encode()).hexdigest()
        detail, content = {"agent": agent}, {"path": path}
        self._audit.append(action, "source", after=digest, detail=detail, content=content)
