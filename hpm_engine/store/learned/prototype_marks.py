"""What a person puts on prototypes, a name and a pin; every change can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hpm_engine.config import NAME_CHARACTERS
from hpm_engine.errors import BadQuery, NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.mark_edit import MarkEdit, Marks
from hpm_engine.values.reports import Changed, Edit
from hpm_engine.words.plurals import counted

PIN, NAME = "prototype pin", "prototype name"
PROTOTYPE_MARKS = frozenset({PIN, NAME})
_COLUMN = {PIN: "pinned", NAME: "name"}


class PrototypeMarkRows:
    """Reads names and pins; a prototype without a row has neither."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> dict[int, tuple[str, bool]]:
        """Name and pin of each prototype that ever had one."""
        rows = self._db.rows("SELECT prototype_id, name, pinned FROM prototype_marks")
        return {key: (str(name), bool(pinned)) for key, name, pinned in rows}

    def name(self, prototype_id: int) -> str:
        """What a person called a prototype, or ""."""
        sql = "SELECT name FROM prototype_marks WHERE prototype_id = ?"
        return str(self._db.value(sql, (prototype_id,)) or "")

    def pinned(self) -> list[int]:
        """The prototypes that are pinned."""
        sql = "SELECT prototype_id FROM prototype_marks WHERE pinned ORDER BY 1"
        return [key for (key,) in self._db.rows(sql)]


class PrototypeMarks:
    """Changes names and pins inside the caller's transaction.

    A pin is read and written as ``("1",)`` or ``()``, a name as ``(name,)`` or ``()``.
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit

    def set_pinned(self, ids: Sequence[int], pinned: bool) -> Edit:
        """Pin or unpin prototypes; raises ``NotFound`` for one that is not there."""
        before = self._read(PIN, ids)
        after: Marks = dict.fromkeys(before, ("1",) if pinned else ())
        action = "pin" if pinned else "unpin"
        return self._apply(f"{action.capitalize()} {_prototypes(before)}", action, PIN, after)

    def rename(self, prototype_id: int, name: str) -> Edit:
        """Name a prototype, or with ``""`` call it by its label again.

        Raises ``NotFound``, and ``BadQuery`` for an overlong name.
        """
        name = " ".join(name.split())
        if len(name) > NAME_CHARACTERS.value:
            raise BadQuery(f"A topic's name has at most {NAME_CHARACTERS.value} characters.", 0)
        after: Marks = dict.fromkeys(self._read(NAME, [prototype_id]), (name,) if name else ())
        return self._apply("Rename 1 topic", "rename", NAME, after)

    def undo(self, edit: Edit) -> Edit:
        """Put back what an edit changed, where nobody changed it since; gives the inverse."""
        became, was = dict(edit.after), dict(edit.before)
        now = self._read(edit.kind, [key for key in was if self._exists(key)])
        after = {key: was[key] if marks == became[key] else marks for key, marks in now.items()}
        return self._apply(edit.title, "undo", edit.kind, after)

    def _apply(self, title: str, action: str, kind: str, after: Marks) -> Edit:
        before = self._read(kind, after)
        edit = MarkEdit(title, action, kind, "prototype", Changed.PROTOTYPES)
        return edit.apply(before, after, self._write, self._audit)

    def _read(self, kind: str, ids: Iterable[int]) -> Marks:
        marks: Marks = {}
        sql = f"SELECT {_COLUMN[kind]} FROM prototype_marks WHERE prototype_id = ?"
        for key in dict.fromkeys(ids):
            if not self._exists(key):
                raise NotFound(f"{self._db.path}: there is no topic {key}.")
            value = self._db.value(sql, (key,))
            marks[key] = (str(value),) if value else ()
        return marks

    def _write(self, kind: str, key: int, marks: tuple[str, ...]) -> None:
        value = bool(marks) if kind == PIN else "".join(marks)
        self._db.execute(
            f"INSERT INTO prototype_marks (prototype_id, {_COLUMN[kind]}) VALUES (?, ?) "
            f"ON CONFLICT (prototype_id) DO UPDATE SET {_COLUMN[kind]} = excluded.{_COLUMN[kind]}",
            (key, value),
        )

    def _exists(self, key: int) -> bool:
        row = self._db.value("SELECT 1 FROM prototypes WHERE id = ?", (key,))
        return row is not None


def _prototypes(marks: Marks) -> str:
    return counted(len(marks), "topic")
