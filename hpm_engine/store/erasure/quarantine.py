"""Episodes and notes that a person set apart: in view, but neither recalled nor learned."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence

from hpm_engine.errors import BadQuery, NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.values.leaving.trash import Containment, QuarantinedItem
from hpm_engine.values.reports import Changed, Edit
from hpm_engine.words.plurals import counted

QUARANTINE = "quarantine"  # the kind of its edits; of notes "note quarantine"
_LONGEST = 500  # characters of a reason
_TABLES = {"episode": "episodes", "note": "memory_notes"}


class QuarantineRows:
    """The quarantine of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db, self._audit = database, audit

    def put(self, kind: str, ids: Sequence[int], reason: str) -> Edit:
        """Set things apart. Raises ``BadQuery`` without a reason, ``NotFound``."""
        reason = " ".join(reason.split())
        if not reason or len(reason) > _LONGEST:
            raise BadQuery(f"Say why, in 1 to {_LONGEST} characters.", 0)
        for key in ids:
            if self._db.value(f"SELECT 1 FROM {_TABLES[kind]} WHERE id = ?", (key,)) is None:
                raise NotFound(f"{self._db.path}: no {kind} {key}.")
        new = [key for key in dict.fromkeys(ids) if not self._reason(kind, key)]
        title = f"Quarantine {counted(len(new), kind)}"
        return self._turn(title, kind, new, [reason] * len(new))

    def release(self, kind: str, ids: Sequence[int]) -> Edit:
        """Let things be recalled and learned again."""
        held = [key for key in dict.fromkeys(ids) if self._reason(kind, key)]
        title = f"Release {counted(len(held), kind)} from quarantine"
        return self._turn(title, kind, held, [""] * len(held))

    def undo(self, edit: Edit) -> Edit:
        """Take an edit back; gives its inverse."""
        kind = "note" if edit.kind.startswith("note") else "episode"
        keys = [key for key, _ in edit.before]
        return self._turn(edit.title, kind, keys, ["".join(was) for _, was in edit.before])

    def listed(self) -> list[QuarantinedItem]:
        """What is set apart, the latest first."""
        rows = self._db.rows(
            f"SELECT 'episode', q.number, {NAME}, q.reason, q.at, q.actor FROM quarantine q"
            " JOIN episodes e ON e.id = q.number WHERE q.kind = 'episode'"
            " UNION ALL SELECT 'note', q.number, coalesce(nullif(n.title, ''), n.name), q.reason,"
            " q.at, q.actor FROM quarantine q JOIN memory_notes n ON n.id = q.number"
            " WHERE q.kind = 'note' ORDER BY 5 DESC, 2"
        )
        return [QuarantinedItem(*row) for row in rows]

    def contained(self, episode_ids: Collection[int]) -> list[Containment]:
        """What episodes had touched: topics, notes, contexts, and the sessions that got them."""
        asked = (
            "SELECT DISTINCT prototype_id FROM prototype_members WHERE episode_id = ? ORDER BY 1",
            "SELECT DISTINCT l.note_id FROM memory_note_links l JOIN episodes e"
            " ON l.target IN (e.key, e.session_key) WHERE e.id = ? ORDER BY 1",
            "SELECT DISTINCT recall_id FROM recall_hits WHERE injected AND episode_id = ?"
            " ORDER BY 1",
            "SELECT DISTINCT s.episode_id FROM handed h JOIN handed_sessions s"
            " ON s.recall_id = h.recall_id JOIN episodes e ON e.id = s.episode_id"
            " WHERE h.episode_id = ? ORDER BY 1",
        )
        return [
            Containment(
                key, *(tuple(each for (each,) in self._db.rows(sql, (key,))) for sql in asked)
            )
            for key in sorted(episode_ids)
        ]

    def _turn(self, title: str, kind: str, keys: Sequence[int], reasons: Sequence[str]) -> Edit:
        before = [(key, self._marks(kind, key)) for key in keys]
        for key, reason in zip(keys, reasons, strict=True):
            self._db.execute("DELETE FROM quarantine WHERE kind = ? AND number = ?", (kind, key))
            if reason:
                values = {"kind": kind, "number": key, "reason": reason}
                values |= {"at": time.time_ns() // 1000, "actor": self._audit.actor}
                self._db.execute(insertion("quarantine", values), tuple(values.values()))
            subject = f"episode:{key}" if kind == "episode" else f"memory-note:{key}"
            action = "quarantine" if reason else "release"
            self._audit.append(action, subject, content={"reason": reason} if reason else None)
        changed = Changed.EPISODES | Changed.NOTES | Changed.RECALLS | Changed.AUDIT
        return Edit(
            title,
            QUARANTINE if kind == "episode" else f"note {QUARANTINE}",
            tuple(before),
            tuple((key, self._marks(kind, key)) for key in keys),
            changed if keys else Changed.NOTHING,
        )

    def _reason(self, kind: str, key: int) -> str:
        sql = "SELECT reason FROM quarantine WHERE kind = ? AND number = ?"
        return self._db.value(sql, (kind, key)) or ""

    def _marks(self, kind: str, key: int) -> tuple[str, ...]:
        reason = self._reason(kind, key)
        return (reason,) if reason else ()


def set_apart(database: Database, among: Sequence[int] | None = None) -> set[int]:
    """The episodes that are set apart, of some or of all."""
    sql = "SELECT number FROM quarantine WHERE kind = 'episode'"
    values: tuple[str, ...] = ()
    if among is not None:
        sql += " AND number IN (SELECT value FROM json_each(?))"
        values = (json.dumps(list(among)),)
    return {key for (key,) in database.rows(sql, values)}
