"""Notes on episodes and steps: written, changed, deleted, and put back."""

from __future__ import annotations

import time
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import msgspec

from hpm_engine.config import NOTE_CHARACTERS
from hpm_engine.errors import BadQuery, NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import Columns, insertion
from hpm_engine.values.notes import Note
from hpm_engine.values.reports import Changed, Edit

NOTE = "note"  # the kind of such an edit
_NOTE = Columns(Note, {field: field for field in Note.__struct_fields__})
_STORED = (*Note.__struct_fields__, "salt")


class NoteRows:
    """The notes of a store; changing them must happen inside the caller's transaction.

    The log has a note's length and a salted digest, never its text: what was deleted is gone.
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit

    def of(self, episode_id: int) -> tuple[Note, ...]:
        """The notes of an episode: those on the whole, then those on steps, the oldest first."""
        sql = f"SELECT {_NOTE.sql} FROM notes WHERE episode_id = ? ORDER BY seq, created_at, id"
        return tuple(_NOTE.values(self._db.rows(sql, (episode_id,))))

    def get(self, note_id: int) -> Note:
        """A note by its number; raises ``NotFound``."""
        rows = self._db.rows(f"SELECT {_NOTE.sql} FROM notes WHERE id = ?", (note_id,))
        if not rows:
            raise NotFound(f"{self._db.path}: there is no note {note_id}.")
        return _NOTE.value(rows[0])

    def add(self, episode_id: int, text: str, seq: int | None) -> Edit:
        """Write a note on an episode or a step. Raises ``NotFound``, and ``BadQuery``."""
        text = _text(text)
        steps = self._db.value("SELECT steps FROM episodes WHERE id = ?", (episode_id,))
        if steps is None:
            raise NotFound(f"{self._db.path}: no episode {episode_id}.")
        if seq is not None and not 0 <= seq < steps:
            raise NotFound(f"Episode {episode_id} has no step {seq + 1:,}: it has {steps:,}.")
        now = time.time_ns() // 1000
        values = {
            "episode_id": episode_id,
            "seq": seq,
            "text": text,
            "author": self._audit.actor,
            "created_at": now,
            "changed_at": now,
            "salt": token_bytes(16),
        }
        self._db.execute(insertion("notes", values), tuple(values.values()))
        note_id: int = self._db.value("SELECT last_insert_rowid()")
        return self._edit("Note", NOTE, note_id, None)

    def change(self, note_id: int, text: str) -> Edit:
        """Write a note anew. Raises ``NotFound``, and ``BadQuery`` for an empty or overlong one."""
        text = _text(text)
        before = self._stored(note_id)
        if before is None or before["text"] == text:
            return self._edit("Change a note", "change-note", self.get(note_id).id, before)
        self._db.execute(
            "UPDATE notes SET text = ?, changed_at = ? WHERE id = ?",
            (text, time.time_ns() // 1000, note_id),
        )
        return self._edit("Change a note", "change-note", note_id, before)

    def delete(self, note_id: int) -> Edit:
        """Take a note away; raises ``NotFound``."""
        before = self._stored(self.get(note_id).id)
        self._db.execute("DELETE FROM notes WHERE id = ?", (note_id,))
        return self._edit("Delete a note", "delete-note", note_id, before)

    def undo(self, edit: Edit) -> Edit:
        """Put a note back to what it was, where nobody changed it since; gives the inverse."""
        if not edit.after:
            return edit
        [(note_id, became)], [(_, was)] = edit.after, edit.before
        now = self._stored(note_id)
        if _marks(now) == became and self._episode_is_there(was):
            self._db.execute("DELETE FROM notes WHERE id = ?", (note_id,))
            if was:
                values = _values(was)
                self._db.execute(insertion("notes", values), tuple(values.values()))
        return self._edit(edit.title, "undo", note_id, now)

    def _episode_is_there(self, marks: tuple[str, ...]) -> bool:
        sql = "SELECT 1 FROM episodes WHERE id = ?"
        return not marks or bool(self._db.value(sql, (_values(marks)["episode_id"],)))

    def _edit(self, title: str, action: str, note_id: int, before: dict[str, Any] | None) -> Edit:
        """What changed since ``before``, with its row in the log."""
        after = self._stored(note_id)
        if before == after:
            return Edit(title, NOTE, (), (), Changed.NOTHING)
        about = after or before
        assert about is not None
        detail = {"note": note_id} | ({} if about["seq"] is None else {"step": about["seq"] + 1})
        self._audit.append(
            action,
            f"episode:{about['episode_id']}",
            before=_digest(before),
            after=_digest(after),
            detail=detail | {"characters": len(after["text"]) if after else 0},
        )
        return Edit(
            title,
            NOTE,
            ((note_id, _marks(before)),),
            ((note_id, _marks(after)),),
            Changed.MARKS | Changed.AUDIT,
        )

    def _stored(self, note_id: int) -> dict[str, Any] | None:
        rows = self._db.rows(f"SELECT {', '.join(_STORED)} FROM notes WHERE id = ?", (note_id,))
        return dict(zip(_STORED, rows[0], strict=True)) if rows else None


def _digest(stored: dict[str, Any] | None) -> str:
    return "" if stored is None else sha256(stored["salt"] + stored["text"].encode()).hexdigest()


def _marks(stored: dict[str, Any] | None) -> tuple[str, ...]:
    """A stored note as an edit keeps it; () for none."""
    return () if stored is None else (msgspec.json.encode(stored).decode(),)


def _values(marks: tuple[str, ...]) -> dict[str, Any]:
    stored: dict[str, Any] = msgspec.json.decode(marks[0])
    return stored | {"salt": msgspec.convert(stored["salt"], bytes)}


def _text(text: str) -> str:
    text = text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}").strip()
    if not text or len(text) > NOTE_CHARACTERS.value:
        raise BadQuery(f"A note has 1 to {NOTE_CHARACTERS.value:,} characters.", 0)
    return text
