"""Notes of agents' memories as an import writes them: new ones, new versions, those that went."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.store.texts import storable
from hpm_engine.values.memory_notes import EarlierText, MemoryNoteDraft
from hpm_engine.words.calls import plain_words
from hpm_engine.words.scripts import segmented

_FACTS = ("agent", "author", "name", "title", "type", "scope", "created_at", "changed_at")


class WrittenNote(NamedTuple):
    """What became of a note: a new one, one with a new version, one that is gone, or none."""

    id: int
    added: bool = False
    changed: bool = False
    gone: bool = False


class MemoryNoteWriter:
    """The writer of notes, inside the caller's transaction; every change has its row in the log.

    The log has digests of texts, never a text.
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit

    def write(self, draft: MemoryNoteDraft, path: str) -> WrittenNote:
        """Keep a note as a file at ``path`` holds it now; its earlier versions stay."""
        now = time.time_ns() // 1000
        rows = self._db.rows(
            "SELECT id, path, changed_at, gone_at FROM memory_notes WHERE store = ? AND key = ?",
            (draft.store, draft.key),
        )
        if not rows:
            note_id = self._insert(draft, path, now)
            if draft.gone_at is not None:
                self._log_gone(note_id, "")
                return WrittenNote(note_id)
            return self._versions(note_id, draft, now, added=True)
        note_id, stored_path, changed_at, gone_at = rows[0]
        if draft.gone_at is not None:
            return self._gone(note_id, gone_at, draft.gone_at)
        if stored_path != path:  # what the same file holds now is what holds
            if gone_at is not None and self._is_older(note_id, draft, gone_at):
                return WrittenNote(note_id)
            if _before(draft.changed_at, changed_at):
                return self._versions(note_id, draft, now, copy=True)
        self._update(note_id, draft, path, now)
        return self._versions(note_id, draft, now, back=gone_at is not None)

    def accept(self, draft: MemoryNoteDraft) -> int:
        """Keep a note that a person accepted, which no file holds; its number.

        The log has the decision, and no row of its own for the note.
        """
        now = time.time_ns() // 1000
        note_id = self._existing(draft.store, draft.key)
        if note_id is None:
            note_id = self._insert(draft, "", now)
        self._update(note_id, draft, "", now)
        self._versions(note_id, draft, now, logged=False)
        return note_id

    def retract(self, store: str, key: str, *, kept: bool) -> int | None:
        """Take an accepted note back, or mark it as gone where it is ``kept``; its number."""
        note_id = self._existing(store, key)
        if note_id is None:
            return None
        if kept:
            sql = "UPDATE memory_notes SET gone_at = ? WHERE id = ?"
            self._db.execute(sql, (time.time_ns() // 1000, note_id))
            return note_id
        self._db.execute("DELETE FROM memory_note_words WHERE rowid = ?", (note_id,))
        for table, column in (
            ("memory_note_links", "note_id"),
            ("memory_note_versions", "note_id"),
            ("memory_notes", "id"),
        ):
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (note_id,))
        return note_id

    def leave(self, path: str, present: Iterable[int]) -> list[WrittenNote]:
        """Mark those notes of the file at ``path`` as gone that it no longer holds."""
        rows = self._db.rows(
            "SELECT id FROM memory_notes WHERE path = ? AND gone_at IS NULL", (path,)
        )
        missing = sorted({note_id for (note_id,) in rows} - set(present))
        now = time.time_ns() // 1000
        return [self._gone(note_id, None, now) for note_id in missing]

    def take_from_aside(self, path: str) -> None:
        """Forget that a file was set aside: an earlier version could not read its notes."""
        self._db.execute("DELETE FROM aside WHERE path = ?", (path,))

    def paths(self) -> Sequence[str]:
        """The files whose notes are not known to be gone; accepted notes have no file."""
        rows = self._db.rows(
            "SELECT DISTINCT path FROM memory_notes WHERE gone_at IS NULL AND path <> ''"
        )
        return [path for (path,) in rows]

    def _is_older(self, note_id: int, draft: MemoryNoteDraft, gone_at: int) -> bool:
        """Whether a copy of a note is from before its memory deleted it."""
        deleted = not self._db.value(
            "SELECT count(*) FROM memory_note_versions WHERE note_id = ?", (note_id,)
        )
        return deleted or _before(draft.changed_at, gone_at)

    def _insert(self, draft: MemoryNoteDraft, path: str, now: int) -> int:
        values = {"store": draft.store, "key": draft.key, "path": path, "seen_at": now}
        values |= {name: getattr(draft, name) for name in _FACTS} | {"gone_at": draft.gone_at}
        self._db.execute(insertion("memory_notes", values), tuple(values.values()))
        note_id: int = self._db.value("SELECT last_insert_rowid()")
        return note_id

    def _existing(self, store: str, key: str) -> int | None:
        sql = "SELECT id FROM memory_notes WHERE store = ? AND key = ?"
        note_id: int | None = self._db.value(sql, (store, key))
        return note_id

    def _update(self, note_id: int, draft: MemoryNoteDraft, path: str, now: int) -> None:
        facts = {name: getattr(draft, name) for name in _FACTS} | {"path": path, "seen_at": now}
        columns = ", ".join(f"{name} = ?" for name in facts)
        self._db.execute(
            f"UPDATE memory_notes SET {columns}, gone_at = NULL WHERE id = ?",
            (*facts.values(), note_id),
        )

    def _versions(
        self,
        note_id: int,
        draft: MemoryNoteDraft,
        now: int,
        *,
        added: bool = False,
        back: bool = False,
        copy: bool = False,
        logged: bool = True,
    ) -> WrittenNote:
        """Add the wordings that the store lacks; ``logged`` says so in the log.

        ``back``: it was gone; ``copy``: an older copy than what the store has, so that its wordings
        come before the last one.
        """
        known = self._db.rows(
            "SELECT lower(hex(sha256)) FROM memory_note_versions WHERE note_id = ? ORDER BY number",
            (note_id,),
        )
        digests = [digest for (digest,) in known]
        before = digests[-1] if digests else ""
        latest = EarlierText(draft.text, draft.changed_at)
        told = [_storable(version) for version in (*draft.earlier, latest)]
        for index, version in enumerate(told):
            digest = _digest(version)
            # The latest is a change also where a note was put back to what it said before, and so
            # is each wording of a note that is met with its whole history.
            last = digests[-1] if digests else ""
            again = digest != last if not known else index == len(told) - 1 and not copy
            if digest in digests and not (again and digest != before):
                continue
            position = len(digests) - copy
            if index < len(told) - 1:  # before what the store knows to have come after it
                after = [digest for digest in map(_digest, told[index + 1 :]) if digest in digests]
                position = digests.index(after[0]) if after and known else position
            self._add(note_id, position + 1, version, digest, now)
            digests.insert(position, digest)
        if not copy:
            self._link(note_id, draft)
        changed = len(digests) > len(known)
        if changed or back:
            if not copy:
                self._index(note_id, draft)
            if logged:
                self._audit.append(
                    "import note",
                    f"memory-note:{note_id}",
                    before=before,
                    after=digests[-1],
                    detail={"versions": len(digests)},
                    content={},
                )
        return WrittenNote(note_id, added=added, changed=(changed or back) and not added)

    def _add(self, note_id: int, number: int, version: EarlierText, digest: str, now: int) -> None:
        """Write a version; those from its number on come after it."""
        later = "UPDATE memory_note_versions SET number = {} WHERE note_id = ? AND number {} ?"
        self._db.execute(later.format("-number - 1", ">="), (note_id, number))
        self._db.execute(later.format("-number", "<"), (note_id, 0))
        values = {
            "note_id": note_id,
            "number": number,
            "text": version.text,
            "sha256": bytes.fromhex(digest),
            "written_at": version.at,
            "seen_at": now,
        }
        self._db.execute(insertion("memory_note_versions", values), tuple(values.values()))

    def _link(self, note_id: int, draft: MemoryNoteDraft) -> None:
        self._db.execute("DELETE FROM memory_note_links WHERE note_id = ?", (note_id,))
        for kind, targets in (("session", draft.sessions), ("note", draft.links)):
            rows = [(note_id, kind, position, each) for position, each in enumerate(targets)]
            self._db.connection.executemany(
                insertion("memory_note_links", ("note_id", "kind", "position", "target")), rows
            )

    def _index(self, note_id: int, draft: MemoryNoteDraft) -> None:
        name = " ".join((draft.name, draft.title, draft.type))
        self._db.execute("DELETE FROM memory_note_words WHERE rowid = ?", (note_id,))
        self._db.execute(
            "INSERT INTO memory_note_words (rowid, name, words) VALUES (?, ?, ?)",
            (note_id, segmented(storable(name)), segmented(plain_words(storable(draft.text)))),
        )

    def _gone(self, note_id: int, known: int | None, at: int) -> WrittenNote:
        if known is not None:
            return WrittenNote(note_id)
        self._db.execute("UPDATE memory_notes SET gone_at = ? WHERE id = ?", (at, note_id))
        digest = self._db.value(
            "SELECT lower(hex(sha256)) FROM memory_note_versions WHERE note_id = ?"
            " ORDER BY number DESC LIMIT 1",
            (note_id,),
        )
        self._log_gone(note_id, digest or "")
        return WrittenNote(note_id, gone=True)

    def _log_gone(self, note_id: int, digest: str) -> None:
        self._audit.append(
            "note gone", f"memory-note:{note_id}", before=digest, after=digest, content={}
        )


def _storable(version: EarlierText) -> EarlierText:
    return EarlierText(storable(version.text), version.at)


def _digest(version: EarlierText) -> str:
    return sha256(version.text.encode()).hexdigest()


def _before(at: int | None, other: int | None) -> bool:
    return at is not None and other is not None and at < other
