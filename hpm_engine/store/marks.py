"""What a person puts on episodes: pins and tags; every change can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hpm_engine.config import TAG_CHARACTERS
from hpm_engine.errors import BadQuery
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.prototype_marks import PROTOTYPE_MARKS, PrototypeMarks
from hpm_engine.store.mark_edit import MarkEdit, Marks
from hpm_engine.store.notes import NOTE, NoteRows
from hpm_engine.store.proposals.rows import PROPOSAL, ProposalRows
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.values.reports import Changed, Edit
from hpm_engine.words.plurals import counted


class MarkRows:
    """Pins and tags. A pin is read and written as ``("1",)`` or ``()``, tags as their names."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit

    def set_pinned(self, ids: Sequence[int], pinned: bool) -> Edit:
        """Pin or unpin episodes."""
        before = self._read("pin", ids)
        after: Marks = dict.fromkeys(before, ("1",) if pinned else ())
        action = "pin" if pinned else "unpin"
        return self._apply(f"{action.capitalize()} {_episodes(before)}", action, before, after)

    def add_tag(self, ids: Sequence[int], tag: str) -> Edit:
        """Give episodes a tag; raises ``BadQuery`` for an empty or overlong one."""
        tag = " ".join(tag.split())
        if not tag or len(tag) > TAG_CHARACTERS.value:
            raise BadQuery(f"A tag has 1 to {TAG_CHARACTERS.value} characters.", 0)
        before = self._read("tag", ids)
        after = {key: tuple(sorted({*tags, tag})) for key, tags in before.items()}
        return self._apply(f"Tag {_episodes(before)} “{tag}”", "tag", before, after)

    def remove_tag(self, ids: Sequence[int], tag: str) -> Edit:
        """Take a tag from episodes."""
        before = self._read("tag", ids)
        after = {key: tuple(t for t in tags if t != tag) for key, tags in before.items()}
        return self._apply(f"Untag {_episodes(before)} “{tag}”", "untag", before, after)

    def undo(self, edit: Edit) -> Edit:
        """Put back what an edit changed; other changes made since then stay.

        Gives the inverse edit: undoing that one is a redo.
        """
        if edit.kind in PROTOTYPE_MARKS:
            return PrototypeMarks(self._db, self._audit).undo(edit)
        if edit.kind == NOTE:
            return NoteRows(self._db, self._audit).undo(edit)
        if edit.kind == PROPOSAL:
            return ProposalRows(self._db, self._audit).undo(edit)
        now = self._read(edit.kind, [key for key, _ in edit.before])
        was, became = dict(edit.before), dict(edit.after)
        after = {
            key: tuple(
                sorted(
                    (set(marks) - set(became[key]))
                    | (set(marks) & set(was[key]))
                    | (set(was[key]) - set(became[key]))
                )
            )
            for key, marks in now.items()
        }
        return self._apply(edit.title, "undo", now, after, kind=edit.kind)

    def _apply(self, title: str, action: str, before: Marks, after: Marks, kind: str = "") -> Edit:
        kind = kind or ("pin" if action in ("pin", "unpin") else "tag")
        edit = MarkEdit(title, action, kind, "episode", Changed.MARKS)
        return edit.apply(before, after, self._write, self._audit)

    def _read(self, kind: str, ids: Iterable[int]) -> Marks:
        marks: Marks = {}
        for key in dict.fromkeys(ids):
            pinned = self._db.value("SELECT pinned FROM episodes WHERE id = ?", (key,))
            if pinned is None:
                continue
            if kind == "pin":
                marks[key] = ("1",) if pinned else ()
            else:
                sql = "SELECT name FROM tags WHERE episode_id = ? ORDER BY name"
                marks[key] = tuple(name for (name,) in self._db.rows(sql, (key,)))
        return marks

    def _write(self, kind: str, key: int, marks: tuple[str, ...]) -> None:
        if kind == "pin":
            self._db.execute("UPDATE main.episodes SET pinned = ? WHERE id = ?", (bool(marks), key))
            return
        self._db.execute("DELETE FROM tags WHERE episode_id = ?", (key,))
        self._db.connection.executemany(
            insertion("tags", ("episode_id", "name")), [(key, name) for name in marks]
        )


def _episodes(marks: Marks) -> str:
    return counted(len(marks), "episode")
