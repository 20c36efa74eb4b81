"""The rows of the audit log: appended in the transaction of the change that they record."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import structs

from hpm_engine.audit.chain import GENESIS, canonical_json, iso_time, microseconds, row_hash
from hpm_engine.errors import DamagedStore
from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.declaration import Columns, ReadBy, insertion
from hpm_engine.values.reports import AuditFilter, AuditRow, Changed

_LARGEST = 64 * 1024 * 1024  # characters of a detail: the ids of seven million episodes
_TOGETHER = 96 * 1024 * 1024  # characters of details that one page of rows may hold


# What somebody changed into nonsense is read all the same: it no longer fits the row's hash.
def _moment(at: Any) -> int:
    try:
        return microseconds(at)
    except (ValueError, TypeError):
        return 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


_ROW = Columns(
    AuditRow,
    {
        "seq": "seq",
        "at": ReadBy("at", _moment),
        "actor": ReadBy("actor", _text),
        "action": ReadBy("action", _text),
        "subject": ReadBy("subject", _text),
        "before": ReadBy("before", _text),
        "after": ReadBy("after", _text),
        "detail": ReadBy(
            f"CASE WHEN length(detail) <= {_LARGEST} THEN detail"
            " ELSE '(too large to be read: ' || length(detail) || ' characters)' END",
            _text,
        ),
        "previous": ReadBy("previous", _text),
        "hash": ReadBy("hash", _text),
    },
)


class AuditLog:
    """The audit log of a store. Appending must happen inside the caller's transaction."""

    def __init__(self, database: Database, actor: str) -> None:
        self._db = database
        self.actor = actor

    @contextmanager
    def acting(self, actor: str) -> Iterator[None]:
        """What is appended within was asked for by ``actor``; ``""`` changes nothing."""
        before, self.actor = self.actor, actor or self.actor
        try:
            yield
        finally:
            self.actor = before

    def append(
        self,
        action: str,
        subject: str,
        *,
        before: str = "",
        after: str = "",
        detail: Mapping[str, Any] | None = None,
        actor: str = "",
    ) -> None:
        """Chain a row to the last; digests are hex, ``""`` for what did not or does not exist.

        ``actor`` is who asked for the change, where that is not who opened the store.
        """
        last = self._db.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        seq, previous = (last[0][0] + 1, last[0][1]) if last else (1, GENESIS)
        row = AuditRow(
            seq=seq,
            at=time.time_ns() // 1000,
            actor=actor or self.actor,
            action=action,
            subject=subject,
            before=before,
            after=after,
            detail=canonical_json(detail or {}),
            previous=previous,
            hash="",
        )
        columns = structs.asdict(row) | {"at": iso_time(row.at), "hash": row_hash(row)}
        self._db.execute(insertion("audit", columns), tuple(columns.values()))

    def count(self, wanted: AuditFilter) -> int:
        """How many rows a filter finds."""
        where, values = filtered(wanted)
        count: int = self._db.value(f"SELECT count(*) FROM audit{where}", values)
        return count

    def page(self, wanted: AuditFilter, offset: int, limit: int) -> list[AuditRow]:
        """Rows, oldest first."""
        where, values = filtered(wanted)
        sql = f"SELECT {_ROW.sql} FROM audit{where} ORDER BY seq LIMIT ? OFFSET ?"
        page, size = [], 0
        for row in self._db.execute(sql, (*values, limit, offset)):
            page.append(_ROW.value(row))
            size += len(page[-1].detail)
            if size > _TOGETHER:
                raise DamagedStore(
                    f"{self._db.path}: row {page[-1].seq} of the audit log and those before it hold"
                    " more than this program writes. Run `hpm doctor --check` on a copy, or restore"
                    " a backup."
                )
        return page

    def numbered(self, numbers: Sequence[int]) -> list[AuditRow]:
        """The rows of these numbers, as far as they are there, in their order."""
        marks = ", ".join("?" * len(numbers))
        sql = f"SELECT {_ROW.sql} FROM audit WHERE seq IN ({marks}) ORDER BY seq"
        return [_ROW.value(row) for row in self._db.execute(sql, tuple(numbers))]

    def walk(self, wanted: AuditFilter | None = None) -> Iterator[AuditRow]:
        """All rows in order, without holding them."""
        where, values = filtered(wanted or AuditFilter())
        for row in self._db.execute(f"SELECT {_ROW.sql} FROM audit{where} ORDER BY seq", values):
            yield _ROW.value(row)

    def head(self) -> tuple[int, str]:
        """The number of rows and the hash of the last."""
        rows = self._db.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return (rows[0][0], rows[0][1]) if rows else (0, GENESIS)

    def tells_of(self, change: Changed, since: tuple[int, str]) -> Changed:
        """``change`` where rows came after a head that was read before; else nothing."""
        return change if self.head() != since else Changed.NOTHING


def filtered(
    wanted: AuditFilter, more: str = "", more_values: tuple[Any, ...] = ()
) -> tuple[str, tuple[Any, ...]]:
    """The condition of a filter in SQL, "" for none, with its values; ``more`` holds besides."""
    conditions: list[str] = [more] if more else []
    values: list[Any] = list(more_values)
    for condition, value in (
        ("at >= ?", None if wanted.since is None else iso_time(wanted.since)),
        ("at < ?", None if wanted.until is None else iso_time(wanted.until)),
        ("actor = ?", wanted.actor or None),
        ("action = ?", wanted.action or None),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if wanted.episode_id is not None:
        conditions.append(_OF_EPISODE)
        values += [f"episode:{wanted.episode_id}", wanted.episode_id]
    if title := wanted.title.strip():
        conditions.append(f"({_OF_TITLED}{' OR subject = ?' if title.isdecimal() else ''})")
        values += [_like(title), *([f"episode:{title}"] if title.isdecimal() else [])]
    if wanted.text.strip():
        conditions.append(_WITH_TEXT)
        values += [_like(wanted.text.strip())] * 6
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), tuple(values)


# What happened to an episode, and the recalls that gave it.
_OF_EPISODE = (
    "(subject = ? OR subject IN"
    " (SELECT 'recall:' || h.recall_id FROM recall_hits h WHERE h.episode_id = ?))"
)
_OF_TITLED = (
    f"subject IN (SELECT 'episode:' || e.id FROM episodes e WHERE {NAME} LIKE ? ESCAPE '!')"
)
_WITH_TEXT = (
    "(actor LIKE ? ESCAPE '!' OR action LIKE ? ESCAPE '!' OR subject LIKE ? ESCAPE '!'"
    f" OR detail LIKE ? ESCAPE '!' OR {_OF_TITLED} OR subject IN"
    " (SELECT 'recall:' || r.id FROM recalls r WHERE r.cue LIKE ? ESCAPE '!'))"
)


def _like(text: str) -> str:
    return "%" + "".join(f"!{each}" if each in "%_!" else each for each in text) + "%"
