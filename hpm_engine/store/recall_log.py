"""Recalls as they were: recorded with their audit row, and what they did to an episode's heat."""

from __future__ import annotations

import json
import time
from hashlib import sha256

from hpm_engine.config import HEAT_HALF_LIFE
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.handed import USED_STEP, HandedRows, used_step
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.declaration import GIVEN, Columns, ReadBy, insertion
from hpm_engine.store.secrets.border import SecretBorder
from hpm_engine.store.settings import keeps_texts
from hpm_engine.values.recall import (
    GivenFilter,
    GivenMemory,
    MemoryKind,
    PastHit,
    PastRecall,
    Recall,
    RecallFilter,
    Use,
)

HALF_LIFE = HEAT_HALF_LIFE.value * 86_400 * 1_000_000  # microseconds


def heat_at(heat: float, since: int, now: int) -> float:
    """What is left at ``now`` of the heat that an episode had at ``since``."""
    return heat * float(0.5 ** (max(0, now - since) / HALF_LIFE))


def _shares(text: str) -> tuple[tuple[str, float], ...]:
    return tuple((str(part), float(share)) for part, share in json.loads(text).items())


_RECALL = Columns(
    PastRecall,
    {
        "id": "id",
        "at": "at",
        "actor": "actor",
        "cue": "cue",
        "into": "destination",
        "ms": "ms",
        "tokens": "tokens",
        "context_sha256": "context_sha256",
        "hits": GIVEN,
        "notes": GIVEN,
    },
)
_HIT = Columns(
    PastHit,
    {
        "episode_id": "h.episode_id",
        "task": "coalesce(e.task, '')",
        "name": f"coalesce({NAME}, '')",
        "score": "h.score",
        "shares": ReadBy("h.shares", _shares),
        "injected": ReadBy("h.injected", bool),
        "use": ReadBy(f"coalesce(d.used, '{Use.UNKNOWN.value}')", Use),
        "step": ReadBy(USED_STEP, used_step),
    },
)
_INSERT_HIT = insertion(
    "recall_hits", ("recall_id", "place", "episode_id", "score", "shares", "injected")
)


class RecallLog:
    """The recorded recalls of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit
        self._handed = HandedRows(database)
        self._border = SecretBorder(database)

    def add(self, recall: Recall, into: str, agent: str = "") -> int:
        """Record a recall, for which ``agent``, and what it gave; the number it has from now on.

        The audit row holds ids and salted digests alone: what was asked can be erased later.
        """
        now = time.time_ns() // 1000
        digest = sha256(recall.context.text.encode()).hexdigest()
        ms = sum(stage.ms for stage in recall.stages)
        keeps = keeps_texts(self._db)
        cue = self._border.clean(recall.cue) if keeps else ""
        key: int = self._db.execute(
            "INSERT INTO recalls (at, actor, cue, destination, ms, tokens, context_sha256)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (now, self._audit.actor, cue, into, ms, recall.context.tokens, digest),
        ).lastrowid
        injected = set(recall.context.episode_ids) if into else set()
        self._db.connection.executemany(
            _INSERT_HIT,
            [
                (
                    key,
                    rank,
                    hit.episode.id,
                    hit.score,
                    json.dumps({part.name: round(part.share, 4) for part in hit.parts}),
                    1 if hit.episode.id in injected else 0,
                )
                for rank, hit in enumerate(recall.hits)
            ],
        )
        if into and recall.context.pieces:
            self._handed.add(key, recall.context.pieces)
        notes = {"notes": recall.context.note_ids, "memory_notes": recall.context.noted_ids}
        for episode_id in recall.context.episode_ids:
            self._warm(episode_id, now)
        self._audit.append(
            "recall",
            f"recall:{key}",
            after=digest,
            detail={
                "episodes": [hit.episode.id for hit in recall.hits],
                "injected": sorted(injected),
            }
            | ({"agent": agent} if agent else {})
            | {name: list(ids) for name, ids in notes.items() if into and ids},
            content={"cue": recall.cue},
            keeps=keeps,
        )
        return key

    def _warm(self, episode_id: int, now: int) -> None:
        sql = "SELECT heat, last_at FROM episode_use WHERE episode_id = ?"
        rows = self._db.rows(sql, (episode_id,))
        heat = heat_at(rows[0][0], rows[0][1], now) + 1 if rows else 1.0
        self._db.execute(
            "INSERT INTO episode_use (episode_id, times, heat, last_at) VALUES (?, 1, ?, ?)"
            " ON CONFLICT (episode_id)"
            " DO UPDATE SET times = times + 1, heat = excluded.heat, last_at = excluded.last_at",
            (episode_id, heat, now),
        )
        self._db.execute(
            "UPDATE main.episodes SET last_recalled_at = ? WHERE id = ?", (now, episode_id)
        )

    def count(self, of: RecallFilter) -> int:
        """How many recalls are recorded."""
        where, values = _where(of)
        count: int = self._db.value(f"SELECT count(*) FROM recalls{where}", values)
        return count

    def page(self, offset: int, limit: int, of: RecallFilter) -> list[PastRecall]:
        """Recorded recalls, newest first."""
        where, values = _where(of)
        rows = self._db.rows(
            f"SELECT id, {_RECALL.sql} FROM recalls{where} ORDER BY id DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        with self._db.decoding("recalls"):
            hits = [self._hits(key) for key, *_ in rows]
            notes = [self._notes(key) for key, *_ in rows]
            return _RECALL.values([row[1:] for row in rows], hits=hits, notes=notes)

    def _hits(self, key: int) -> tuple[PastHit, ...]:
        rows = self._db.rows(
            f"SELECT {_HIT.sql} FROM recall_hits h LEFT JOIN episodes e ON e.id = h.episode_id"
            " LEFT JOIN handed d ON d.recall_id = h.recall_id AND d.kind = 'episode'"
            " AND d.memory_id = h.episode_id WHERE h.recall_id = ? ORDER BY h.place",
            (key,),
        )
        return tuple(_HIT.values(rows))

    def _notes(self, key: int) -> tuple[GivenMemory, ...]:
        given = self._handed.given(GivenFilter(recall_id=key))
        return tuple(each for each in given if each.kind is not MemoryKind.EPISODE)


def _where(of: RecallFilter) -> tuple[str, tuple[int | str, ...]]:
    conditions = {
        "id IN (SELECT recall_id FROM recall_hits WHERE episode_id = ?)": of.episode_id,
        "id = ?": of.recall_id,
        "destination = ?": of.into,
    }
    chosen = {text: value for text, value in conditions.items() if value is not None}
    where = f" WHERE {' AND '.join(chosen)}" if chosen else ""
    return where, tuple(chosen.values())


def date_recall(database: Database, recall_id: int, at: int) -> None:
    """Have a recall be of another moment (microseconds), as measuring needs it."""
    with database.writing():
        database.execute("UPDATE recalls SET at = ? WHERE id = ?", (at, recall_id))


def forget_recalls_since(database: Database, at: int) -> None:
    """Take recalls of a moment and later out of a store that is measured on."""
    with database.writing():
        database.execute("DELETE FROM recalls WHERE at >= ?", (at,))
