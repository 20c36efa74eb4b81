"""What recalls handed to sessions, by digests of its terms, and what became of it.

No text is kept: a term is known again by its digest, and where a session used it is a step whose
text the store has once. What a memory loses, its digests lose with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.declaration import Columns, ReadBy, insertion
from hpm_engine.values.recall import (
    GivenFilter,
    GivenMemory,
    GivenPiece,
    MemoryKind,
    Use,
    UsedStep,
)
from hpm_engine.words.telling_terms import Term, TermKind, handed_terms

_SIZE = 7  # bytes of a term: its kind, and six of its digest
_MOST_TERMS = 600  # of one memory
_SALT = 16  # bytes
_INSERT = insertion(
    "handed", ("recall_id", "kind", "memory_id", "episode_id", "note_id", "terms", "used")
)
_SESSION = insertion("handed_sessions", ("recall_id", "salt", "state"))
# Of rows ``d`` that may be absent, as ``used_step`` reads it.
USED_STEP = "CASE WHEN d.used_episode IS NULL THEN '' ELSE d.used_episode || ' ' || d.used_step END"


def used_step(text: str) -> UsedStep | None:
    """The step in which something was used."""
    if not text:
        return None
    episode_id, seq = text.split()
    return UsedStep(int(episode_id), int(seq))


_NOTE = (  # its title, else how it begins
    "coalesce(nullif(n.title, ''), (SELECT substr(v.text, 1, 160) FROM memory_note_versions v"
    " WHERE v.note_id = n.id ORDER BY v.number DESC LIMIT 1), n.name)"
)
_GIVEN = Columns(
    GivenMemory,
    {
        "recall_id": "d.recall_id",
        "at": "r.at",
        "into": "r.destination",
        "kind": ReadBy("d.kind", MemoryKind),
        "id": "d.memory_id",
        "name": f"coalesce((SELECT {NAME} FROM episodes e WHERE e.id = d.episode_id),"
        f" (SELECT {_NOTE} FROM memory_notes n WHERE n.id = d.note_id), '')",
        "use": ReadBy("d.used", Use),
        "step": ReadBy(USED_STEP, used_step),
        "session_id": "s.episode_id",
        "session": f"coalesce((SELECT {NAME} FROM episodes e WHERE e.id = s.episode_id), '')",
    },
)
_FROM = (
    f"SELECT {_GIVEN.sql} FROM handed d JOIN handed_sessions s ON s.recall_id = d.recall_id"
    " JOIN recalls r ON r.id = d.recall_id"
)


class Salted:
    """Digests of terms under one salt."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt

    def digest(self, term: Term) -> bytes:
        """The bytes by which a term is known again."""
        text = term.text.encode("utf-8", "surrogatepass")
        kind = bytes((term.kind,))
        return kind + sha256(self._salt + kind + text).digest()[: _SIZE - 1]


class Handed(NamedTuple):
    """One memory that was given, with the digests of its terms."""

    kind: MemoryKind
    id: int
    terms: frozenset[bytes]
    use: Use
    step: UsedStep | None


class HandedSession(NamedTuple):
    """A recall that gave something, as it has to be followed up."""

    recall_id: int
    at: int
    cue: str
    into: str
    salt: bytes
    state: bytes


class SessionEpisode(NamedTuple):
    """One of the episodes that a session is: itself, its branches and its subagents."""

    id: int
    digest: bytes
    top_level: bool
    evicted: bool


class HandedRows:
    """Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, recall_id: int, pieces: Sequence[GivenPiece]) -> None:
        """Keep what a recall gave."""
        salt = os.urandom(_SALT)
        salted = Salted(salt)
        self._db.execute(_SESSION, (recall_id, salt, b""))
        rows = []
        for piece in {(piece.kind, piece.id): piece for piece in pieces}.values():
            note = piece.kind is not MemoryKind.EPISODE
            terms = sorted(handed_terms(piece.text, note=note))[:_MOST_TERMS]
            rows.append(
                (
                    *(recall_id, piece.kind.value, piece.id),
                    *((None, piece.id) if note else (piece.id, None)),
                    b"".join(sorted(map(salted.digest, terms))),
                    Use.UNKNOWN.value,
                )
            )
        self._db.connection.executemany(_INSERT, rows)

    def any(self) -> bool:
        """Whether any session was given anything."""
        return bool(self._db.value("SELECT EXISTS (SELECT 1 FROM handed_sessions)"))

    def sessions(self) -> list[HandedSession]:
        """The recalls that gave something, the earliest first."""
        return [
            HandedSession(*row)
            for row in self._db.rows(
                "SELECT r.id, r.at, r.cue, r.destination, s.salt, s.state FROM handed_sessions s"
                " JOIN recalls r ON r.id = s.recall_id ORDER BY r.id"
            )
        ]

    def episodes(self) -> dict[str, list[SessionEpisode]]:
        """The episodes of the sessions that something was given to, by the session's own id."""
        wanted = (
            "SELECT r.destination FROM handed_sessions s JOIN recalls r ON r.id = s.recall_id"
            " WHERE r.destination <> ''"
        )
        rows = self._db.rows(
            "SELECT e.id, e.digest, e.parent_key, e.key, e.session_key, c.evicted_at IS NOT NULL"
            " FROM episodes e LEFT JOIN compressed c ON c.episode_id = e.id"
            f" WHERE e.key IN ({wanted}) OR e.session_key IN ({wanted})"
            f" OR e.parent_key IN ({wanted}) ORDER BY e.id"
        )
        known: dict[str, list[SessionEpisode]] = {}
        for key, digest, parent, own, session, evicted in rows:
            episode = SessionEpisode(key, digest, not parent, bool(evicted))
            for name in {parent, own, session} - {""}:
                known.setdefault(name, []).append(episode)
        return known

    def of_recall(self, recall_id: int) -> list[Handed]:
        """What a recall gave."""
        rows = self._db.rows(
            f"SELECT d.kind, d.memory_id, d.terms, d.used, {USED_STEP} FROM handed d"
            " WHERE d.recall_id = ?",
            (recall_id,),
        )
        with self._db.decoding("handed memories"):
            return [
                Handed(MemoryKind(kind), key, _digests(terms), Use(used), used_step(step))
                for kind, key, terms, used, step in rows
            ]

    def put(
        self, recall_id: int, session_id: int | None, state: bytes, given: Iterable[Handed]
    ) -> None:
        """Keep what became of what a recall gave, as of a state of the session."""
        self._db.execute(
            "UPDATE handed_sessions SET episode_id = ?, state = ? WHERE recall_id = ?",
            (session_id, state, recall_id),
        )
        self._db.connection.executemany(
            "UPDATE handed SET used = ?, used_episode = ?, used_step = ?"
            " WHERE recall_id = ? AND kind = ? AND memory_id = ?",
            [
                (
                    each.use.value,
                    None if each.step is None else each.step.episode_id,
                    None if each.step is None else each.step.seq,
                    *(recall_id, each.kind.value, each.id),
                )
                for each in given
            ],
        )

    def given(self, of: GivenFilter, offset: int = 0, limit: int = -1) -> list[GivenMemory]:
        """Memories that were given, the latest recall first."""
        conditions = {
            "d.recall_id = ?": of.recall_id,
            "s.episode_id = ?": of.into_episode,
            "d.episode_id = ?": of.of_episode,
        }
        chosen = {text: value for text, value in conditions.items() if value is not None}
        where = f" WHERE {' AND '.join(chosen)}" if chosen else ""
        rows = self._db.rows(
            f"{_FROM}{where} ORDER BY d.recall_id DESC, d.kind, d.memory_id LIMIT ? OFFSET ?",
            (*chosen.values(), limit, offset),
        )
        with self._db.decoding("handed memories"):
            return _GIVEN.values(rows)

    def forget_terms(self, episode_id: int) -> None:
        """Erase by what an episode's text is known again; what became of it stays."""
        self._db.execute("UPDATE handed SET terms = x'' WHERE episode_id = ?", (episode_id,))


def _digests(blob: bytes) -> frozenset[bytes]:
    if len(blob) % _SIZE:
        raise ValueError
    return frozenset(blob[start : start + _SIZE] for start in range(0, len(blob), _SIZE))


def kind_of(digest: bytes) -> TermKind:
    """The kind of term that a digest is of."""
    return TermKind(digest[0])
