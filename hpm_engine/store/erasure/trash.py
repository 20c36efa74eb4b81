"""Episodes that a person deleted: out of view and of every search at once, and back again."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hpm_engine.config import TRASH_DAYS
from hpm_engine.errors import CannotWrite
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.encoded_step import SOURCE_CODE, encode_step
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import unsettle
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.leaving import draft_of, find_elsewhere
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.declaration import Columns, insertion
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, step_id
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.store.search.search_index import TABLES, SearchIndex, searchable
from hpm_engine.values.episodes import StepFlag, StepSource
from hpm_engine.values.leaving.trash import TrashedEpisode
from hpm_engine.values.reports import Changed, Edit
from hpm_engine.words.plurals import counted

TRASH = "trash"  # the kind of its edits
DAYS = "trash_days"  # the setting
_DAY = 86_400 * 1_000_000  # microseconds
_NAMED = 3  # pinned episodes that an error names
_REPEATED = int(StepFlag.INJECTED | StepFlag.DEMONSTRATION | StepFlag.COPIED)
_TRASHED = Columns(
    TrashedEpisode,
    {
        "id": "e.id",
        "name": NAME,
        "project": "e.project",
        "agent": "e.agent",
        "steps": "e.steps",
        "text_size": "e.text_size",
        "started_at": "e.started_at",
        "deleted_at": "t.deleted_at",
        "keep_until": "t.keep_until",
        "actor": "t.actor",
    },
)


class TrashRows:
    """The trash of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, audit: AuditLog, steps: StepRows) -> None:
        self._db, self._audit, self._steps = database, audit, steps
        self._index = SearchIndex(database)

    def days(self) -> int:
        """How many days what is deleted stays in the trash."""
        text = self._db.value("SELECT value FROM settings WHERE name = ?", (DAYS,)) or ""
        return int(text) if text.isascii() and text.isdecimal() else TRASH_DAYS.value

    def listed(self) -> list[TrashedEpisode]:
        """What is in the trash, what was deleted last first."""
        sql = (
            f"SELECT {_TRASHED.sql} FROM trash t JOIN main.episodes e ON e.id = t.episode_id"
            " ORDER BY t.deleted_at DESC, e.id DESC"
        )
        return _TRASHED.values(self._db.rows(sql))

    def put(self, ids: Sequence[int]) -> Edit:
        """Take episodes out of view. Raises ``CannotWrite`` where one of them is pinned."""
        shown = [key for key in dict.fromkeys(ids) if self._is_shown(key)]
        refuse_pinned(self._db, shown, "delete")
        return self._turn(f"Delete {counted(len(shown), 'episode')}", "delete", shown)

    def restore(self, ids: Sequence[int]) -> Edit:
        """Bring episodes back into view; those that are not in the trash are left alone."""
        hidden = [key for key in dict.fromkeys(ids) if self._is_hidden(key)]
        title = f"Restore {counted(len(hidden), 'episode')} from the trash"
        return self._turn(title, "undelete", hidden)

    def undo(self, edit: Edit) -> Edit:
        """Take an edit of the trash back; gives its inverse."""
        hides = any(marks for _, marks in edit.before)
        keys = [key for key, _ in edit.before]
        if not hides:
            return self._turn(edit.title, "undelete", [key for key in keys if self._is_hidden(key)])
        shown = [key for key in keys if self._is_shown(key)]
        refuse_pinned(self._db, shown, "delete")
        return self._turn(edit.title, "delete", shown)

    def _turn(self, title: str, action: str, keys: Sequence[int]) -> Edit:
        now = time.time_ns() // 1000
        until = now + self.days() * _DAY
        # Made once: without it each text of a prompt would cost a look at all parts.
        self._db.execute("CREATE INDEX IF NOT EXISTS parts_text ON parts (text_id)")
        self._index.begin()
        for key in keys:
            if action == "delete":
                self._hide(key, now, until)
            else:
                self._show(key)
            detail = {"until": until} if action == "delete" else {}
            self._audit.append(action, f"episode:{key}", detail=detail)
        before, after = ((), ("1",)) if action == "delete" else (("1",), ())
        return Edit(
            title,
            TRASH,
            tuple((key, before) for key in keys),
            tuple((key, after) for key in keys),
            Changed.EPISODES | Changed.MARKS | Changed.RECALLS | Changed.AUDIT
            if keys
            else Changed.NOTHING,
        )

    def _hide(self, key: int, now: int, until: int) -> None:
        columns = ("episode_id", "deleted_at", "keep_until", "actor")
        self._db.execute(insertion("trash", columns), (key, now, until, self._audit.actor))
        take_from_searches(self._db, self._steps, self._index, key)

    def _show(self, key: int) -> None:
        """Back into the search for text; recall's own jobs find the rest missing."""
        self._db.execute("DELETE FROM trash WHERE episode_id = ?", (key,))
        lost = self._db.execute(
            "DELETE FROM main.prototype_members WHERE episode_id = ?"
            " AND prototype_id NOT IN (SELECT id FROM prototypes)",
            (key,),
        ).rowcount
        if lost:  # a topic went meanwhile: what it held waits for a cycle again
            unsettle(self._db, [key])
        first, last = step_id(key, 0), step_id(key, MOST_STEPS - 1)
        alone = self._only_here(first, last)
        sql = "SELECT steps, title, agent_title FROM episodes WHERE id = ?"
        count, title, agent_title = self._db.rows(sql, (key,))[0]
        for step in self._steps.each(key, count):
            row = searchable(first + step.seq, encode_step(draft_of(step)), alone)
            self._index.add([] if row is None else [row])
        if lines := "\n".join(filter(None, (title, agent_title))):
            self._index.name(step_id(key, MOST_STEPS), lines, anew=False)
        self._index.flush()

    def _only_here(self, first: int, last: int) -> set[bytes]:
        """The digests of what others may repeat, where no other step in view has it."""
        rows = self._db.rows(
            "SELECT t.sha256 FROM steps s JOIN parts p ON p.step_id = s.id"
            " JOIN texts t ON t.id = p.text_id"
            " WHERE s.id BETWEEN ?1 AND ?2 AND (s.source = ?3 OR s.flags & ?4)"
            " AND NOT EXISTS (SELECT 1 FROM parts q WHERE q.text_id = p.text_id"
            " AND q.step_id NOT BETWEEN ?1 AND ?2"
            " AND q.step_id >> 24 NOT IN (SELECT episode_id FROM trash))",
            (first, last, SOURCE_CODE[StepSource.SYSTEM], _REPEATED),
        )
        return {digest for (digest,) in rows}

    def _is_shown(self, key: int) -> bool:
        return bool(self._db.value("SELECT 1 FROM episodes WHERE id = ?", (key,)))

    def _is_hidden(self, key: int) -> bool:
        return bool(self._db.value("SELECT 1 FROM trash WHERE episode_id = ?", (key,)))


def take_from_searches(database: Database, steps: StepRows, index: SearchIndex, key: int) -> None:
    """Let no search, recall or learning find an episode: what they use of it is made of it."""
    first, last = step_id(key, 0), step_id(key, MOST_STEPS - 1)
    prompts = index.remove(first, last)
    for table in TABLES:
        database.execute(f"DELETE FROM {table} WHERE rowid = ?", (step_id(key, MOST_STEPS),))
    RecallIndex(database).remove(key, first, last)
    VectorRows(database).remove_from(key, 0)
    find_elsewhere(database, steps, index, prompts)


def refuse_pinned(database: Database, ids: Sequence[int], doing: str) -> None:
    """Raise ``CannotWrite`` where a person holds one of some episodes by a pin."""
    rows = [
        (key, name)
        for key in ids
        for name, pinned in database.rows(
            f"SELECT {NAME}, e.pinned FROM main.episodes e WHERE e.id = ?", (key,)
        )
        if pinned
    ]
    if rows:
        named = ", ".join(f"{key} ({name[:60]})" for key, name in rows[:_NAMED])
        more = f" and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else ""
        raise CannotWrite(
            f"{counted(len(rows), 'episode')} of {len(ids):,} {'is' if len(rows) == 1 else 'are'}"
            f" pinned: {named}{more}. A pin keeps an episode: unpin first to {doing} it. Nothing"
            " was changed."
        )
