"""The rows of the audit log: appended in the transaction of the change that they record."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from hpm_engine.audit.canonical import COLUMNS, SALT, commitment, row_leaf, salted
from hpm_engine.audit.chain import GENESIS, canonical_json, iso_time, microseconds
from hpm_engine.errors import DamagedStore
from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.store.secrets.rows import SecretRows
from hpm_engine.store.trail.tree import AuditTree
from hpm_engine.values.reports import AuditFilter, AuditRow, Changed

_LARGEST = 64 * 1024 * 1024  # characters of a detail: the ids of seven million episodes
COMMITMENT = "commitment"  # to what a row says of content, in its detail
DIGEST = "sha256"  # of a content that is not kept itself
ERASED = "erase contents"  # the action of a row that says which rows lost their contents
_TOGETHER = 96 * 1024 * 1024  # characters of details that one page of rows may hold


# What somebody changed into nonsense is read all the same: it no longer fits the row's hash.
def _moment(at: Any) -> int:
    try:
        return microseconds(at)
    except (ValueError, TypeError):
        return 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


_LONG = "'(too large to be read: ' || length({0}) || ' characters)'"
_OWN = "(SELECT {0} FROM audit_contents c WHERE c.seq = audit.seq)"
_COLUMNS = ", ".join(
    (
        "seq, at, actor, action, subject, before, after",
        f"CASE WHEN length(detail) <= {_LARGEST} THEN detail ELSE {_LONG.format('detail')} END",
        "state, previous, hash",
        _OWN.format(
            f"CASE WHEN length(c.text) <= {_LARGEST} THEN c.text ELSE {_LONG.format('c.text')} END"
        ),
        _OWN.format("CASE WHEN length(c.salt) <= 64 THEN hex(c.salt) END"),
    )
)
_QUOTES = re.compile(r"[A-Za-z0-9_+/=.-]{12}|://|assw|ecret|private")  # what may hold a secret
# Actions of many rows that say digests and numbers alone.
_OF_DIGESTS = frozenset(("import", "keep", "evict", "compress", "redact secrets", "purge secrets"))


def _row(values: Sequence[Any]) -> AuditRow:
    seq, at, *texts, content, salt = values
    actor, action, subject, before, after, stored, state, previous, hash_ = map(_text, texts)
    return AuditRow(
        seq=seq,
        at=_moment(at),
        actor=actor,
        action=action,
        subject=subject,
        before=before,
        after=after,
        detail=_merged(stored, content) if COMMITMENT in stored else stored,
        previous=previous,
        hash=hash_,
        stored=stored,
        state=state,
        content=_text(content) if content is not None else "",
        salt=_text(salt).lower() if salt is not None else "",
    )


def _merged(stored: str, content: Any) -> str:
    """The detail with the content, or with the word that this was erased."""
    try:
        said = json.loads(stored)
        del said[COMMITMENT]
        return canonical_json(said | ({"erased": True} if content is None else json.loads(content)))
    except (ValueError, LookupError, TypeError, RecursionError):
        return stored


class AuditLog:
    """The audit log of a store. Appending must happen inside the caller's transaction."""

    def __init__(self, database: Database, actor: str) -> None:
        self._db = database
        self.actor = actor
        self.tree = AuditTree(database)
        self.before_commit: Callable[[], None] | None = None  # once its rows are in the tree

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
        content: Mapping[str, Any] | None = None,
        keeps: bool = True,
        state: Mapping[str, str] | None = None,
        actor: str = "",
    ) -> None:
        """Chain a row to the last; digests are hex, ``""`` for what did not or does not exist.

        What a person may want erased (names, texts, settings) is ``content``: the row has a salted
        commitment to it, and so are ``before`` and ``after`` salted then; an empty one salts these
        alone. It is kept beside the row; its SHA-256 instead, if not ``keeps``. ``state`` are
        digests of subjects as this change leaves them (``hpm_engine.audit.state``). ``actor`` is
        who asked for the change, where that is not who opened the store.
        """
        last = self._db.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        seq, previous = (last[0][0] + 1, last[0][1]) if last else (1, GENESIS)
        said = dict(detail or {})
        if content is not None:
            salt, text = os.urandom(SALT), self._without_secrets(action, canonical_json(content))
            text = text if keeps else canonical_json({DIGEST: sha256(text.encode()).hexdigest()})
            before, after = salted(salt, before), salted(salt, after)
            said[COMMITMENT] = commitment(salt, text)
            sql = insertion("audit_contents", ("seq", "salt", "text"))
            self._db.execute(sql, (seq, salt, text))
        columns = {
            "at": iso_time(time.time_ns() // 1000),
            "actor": actor or self.actor,
            "action": action,
            "subject": subject,
            "before": before,
            "after": after,
            "detail": self._without_secrets(action, canonical_json(said)),
            "state": canonical_json(state) if state else "",
            "previous": previous,
        }
        leaf = row_leaf(seq, [columns[name].encode() for name in COLUMNS]).hex()
        values = (seq, *columns.values(), leaf)
        self._db.execute(insertion("audit", ("seq", *columns, "hash")), values)
        self._db.at_commit["log"] = self.tree.settle
        if self.before_commit is not None:
            self._db.at_commit["sign"] = self.before_commit

    def _without_secrets(self, action: str, said: str) -> str:
        """What a row says, masked: it may quote a search, a name or a setting."""
        if action in _OF_DIGESTS or not _QUOTES.search(said):
            return said
        return SecretRows(self._db).masker().text(said)

    def count(self, wanted: AuditFilter) -> int:
        """How many rows a filter finds."""
        where, values = filtered(wanted)
        count: int = self._db.value(f"SELECT count(*) FROM audit{where}", values)
        return count

    def page(self, wanted: AuditFilter, offset: int, limit: int) -> list[AuditRow]:
        """Rows, oldest first."""
        where, values = filtered(wanted)
        sql = f"SELECT {_COLUMNS} FROM audit{where} ORDER BY seq LIMIT ? OFFSET ?"
        page, size = [], 0
        for row in self._db.execute(sql, (*values, limit, offset)):
            page.append(_row(row))
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
        sql = f"SELECT {_COLUMNS} FROM audit WHERE seq IN ({marks}) ORDER BY seq"
        return [_row(row) for row in self._db.execute(sql, tuple(numbers))]

    def numbers(self, wanted: AuditFilter) -> Iterator[int]:
        """The numbers of the rows that a filter finds, rising."""
        where, values = filtered(wanted)
        for (seq,) in self._db.execute(f"SELECT seq FROM audit{where} ORDER BY seq", values):
            yield seq

    def after(self, wanted: AuditFilter, seq: int, end: int, limit: int) -> list[AuditRow]:
        """The next rows of a filter after one, up to the row ``end``."""
        where, values = filtered(wanted, "seq > ? AND seq <= ?", (seq, end))
        sql = f"SELECT {_COLUMNS} FROM audit{where} ORDER BY seq LIMIT ?"
        return [_row(row) for row in self._db.execute(sql, (*values, limit))]

    def walk(self, wanted: AuditFilter | None = None) -> Iterator[AuditRow]:
        """All rows in order, without holding them."""
        where, values = filtered(wanted or AuditFilter())
        for row in self._db.execute(f"SELECT {_COLUMNS} FROM audit{where} ORDER BY seq", values):
            yield _row(row)

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
        values += [_like(wanted.text.strip())] * 7
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
    " OR detail LIKE ? ESCAPE '!'"
    " OR seq IN (SELECT c.seq FROM audit_contents c WHERE c.text LIKE ? ESCAPE '!')"
    f" OR {_OF_TITLED} OR subject IN"
    " (SELECT 'recall:' || r.id FROM recalls r WHERE r.cue LIKE ? ESCAPE '!'))"
)


def _like(text: str) -> str:
    return "%" + "".join(f"!{each}" if each in "%_!" else each for each in text) + "%"
