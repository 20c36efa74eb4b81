"""The notes of agents' memories, read: lists, one with its links, its versions."""

from __future__ import annotations

import json
import posixpath
import time
from collections import Counter
from collections.abc import Sequence

import msgspec

from hpm_engine.errors import BadQuery, NotFound
from hpm_engine.query import dates
from hpm_engine.query.notes import parse_of_notes
from hpm_engine.store.file.database import Database
from hpm_engine.store.memory_notes.note_conditions import NoteConditions
from hpm_engine.store.memory_notes.note_projects import NoteProjects
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.declaration import Columns, ReadBy
from hpm_engine.store.search.conditions import Condition, both
from hpm_engine.values.memory_notes import (
    MemoryNote,
    MemoryNoteDetail,
    MemoryNoteQuery,
    MemoryNoteVersion,
    NoteAuthor,
    NoteHit,
    NoteLink,
    NoteSession,
)
from hpm_engine.words.scripts import words_of

_LAST = "FROM memory_note_versions v WHERE v.note_id = n.id"
_NOTE = Columns(
    MemoryNote,
    {
        **{
            name: f"n.{name}"
            for name in (
                *("id", "store", "key", "path", "agent", "name", "title", "type", "scope"),
                *("created_at", "changed_at", "seen_at", "gone_at"),
            )
        },
        "author": ReadBy("n.author", NoteAuthor),
        "versions": f"(SELECT count(*) {_LAST})",
        "characters": (
            f"coalesce((SELECT length(v.text) {_LAST} ORDER BY v.number DESC LIMIT 1), 0)"
        ),
    },
)
_VERSION = Columns(
    MemoryNoteVersion,
    {
        **{name: name for name in ("note_id", "number", "text", "written_at", "seen_at")},
        "sha256": "lower(hex(sha256))",
    },
)
_ASKED = 40  # words of a cue
_RANKED = 40  # notes that are looked at where a word of a cue is not enough
_THERE = Condition("n.gone_at IS NULL")
_EXCERPT = 240  # characters


class MemoryNoteRows:
    """The notes of a store. A deletion that came without a text is no note to show."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._projects = NoteProjects(database)

    def find(self, query: MemoryNoteQuery) -> list[MemoryNote]:
        """The notes that a query asks for: by kind of memory, then scope and name.

        Raises ``BadQuery``.
        """
        where = self._where(query)
        sql = (
            f"SELECT {_NOTE.sql} FROM memory_notes n WHERE {where.sql}"
            " ORDER BY n.store, n.scope, n.path, n.name, n.id"
        )
        notes = self._placed(_NOTE.values(self._db.rows(sql, where.values)))
        scope = query.scope.casefold()
        return [note for note in notes if scope in note.scope.casefold()]

    def count(self, text: str, most: int) -> int:
        """How many notes a search finds; no more than ``most`` are counted. Raises ``BadQuery``."""
        if not self._db.value("SELECT EXISTS (SELECT 1 FROM memory_notes)"):
            return 0
        where = self._where(MemoryNoteQuery(text))
        sql = f"SELECT count(*) FROM (SELECT 1 FROM memory_notes n WHERE {where.sql} LIMIT ?)"
        number: int = self._db.value(sql, (*where.values, most))
        return number

    def _where(self, query: MemoryNoteQuery) -> Condition:
        conditions = ["EXISTS (SELECT 1 " + _LAST + ")"]
        values: list[object] = []
        for column, wanted in (
            ("store", query.stores),
            ("agent", query.agents),
            ("author", query.authors),
        ):
            if wanted:
                conditions.append(f"n.{column} IN ({', '.join('?' * len(wanted))})")
                values += [str(each) for each in wanted]
        if query.gone is not None:
            conditions.append(f"n.gone_at IS {'NOT ' if query.gone else ''}NULL")
        node = parse_of_notes(query.text)
        moments = dates.moments(node, time.time_ns() // 1000)
        asked = NoteConditions(self._db, moments).of(node)
        return both(Condition(" AND ".join(conditions), tuple(values)), asked)

    def latest_texts(self, count: int) -> list[tuple[MemoryNote, str]]:
        """The notes that are still there with their texts, those that changed last first."""
        rows = self._db.rows(
            f"SELECT {_NOTE.sql}, (SELECT v.text {_LAST} ORDER BY v.number DESC LIMIT 1)"
            " FROM memory_notes n WHERE n.gone_at IS NULL"
            f" AND EXISTS (SELECT 1 {_LAST}) ORDER BY n.seen_at DESC, n.id DESC LIMIT ?",
            (count,),
        )
        notes = _NOTE.values([row[:-1] for row in rows])
        return list(zip(notes, (text for *_, text in rows), strict=True))

    def like(
        self, words: Sequence[str], count: int, where: Condition = _THERE, least: int = 1
    ) -> list[NoteHit]:
        """The notes that say most of some words, the best first.

        ``where`` is what else must hold of the note ``n``; each has ``least`` of the words or more.
        """
        words = list(dict.fromkeys(words))[:_ASKED]
        if not words:
            return []
        rows = self._db.rows(
            "SELECT m.rowid FROM memory_note_words m JOIN memory_notes n ON n.id = m.rowid"
            f" WHERE memory_note_words MATCH ? AND {where.sql} ORDER BY rank LIMIT ?",
            (" OR ".join(map(_quoted, words)), *where.values, count if least < 2 else _RANKED),
        )
        ids = [note_id for (note_id,) in rows]
        if least > 1:
            held = self._held(words, ids)
            ids = [note_id for note_id in ids if held[note_id] >= least][:count]
        return [self._hit(note_id, words) for note_id in ids]

    def _held(self, words: Sequence[str], ids: Sequence[int]) -> Counter[int]:
        """How many of some words each of some notes has."""
        sql = (
            "SELECT rowid FROM memory_note_words WHERE memory_note_words MATCH ?"
            " AND rowid IN (SELECT value FROM json_each(?))"
        )
        among = json.dumps(list(ids))
        return Counter(
            note_id for word in words for (note_id,) in self._db.rows(sql, (_quoted(word), among))
        )

    def _hit(self, note_id: int, words: Sequence[str]) -> NoteHit:
        """A note with the line that has most of some words."""
        detail = self.detail(note_id)
        wanted = {word.casefold() for word in words}
        lines = [line.strip() for line in detail.text.splitlines() if line.strip()]
        best = max(
            lines,
            key=lambda line: (
                len(wanted & {word.casefold() for word in words_of(line)}),
                not line.startswith("#"),
            ),
            default="",
        )
        return NoteHit(detail.note, best[:_EXCERPT])

    def get(self, note_id: int) -> MemoryNote:
        """A note by its number; raises ``NotFound``."""
        rows = self._db.rows(f"SELECT {_NOTE.sql} FROM memory_notes n WHERE n.id = ?", (note_id,))
        if not rows:
            raise NotFound(
                f"{self._db.path}: there is no memory note {note_id}. hpm notes lists those that"
                " there are."
            )
        return self._placed([_NOTE.value(rows[0])])[0]

    def detail(self, note_id: int) -> MemoryNoteDetail:
        """A note with its latest text and what it names; raises ``NotFound``."""
        note = self.get(note_id)
        versions = self.versions(note_id)
        return MemoryNoteDetail(
            note,
            versions[-1].text if versions else "",
            self._sessions(note_id),
            self._links(note),
        )

    def versions(self, note_id: int) -> list[MemoryNoteVersion]:
        """Every wording of a note, the oldest first."""
        sql = f"SELECT {_VERSION.sql} FROM memory_note_versions WHERE note_id = ? ORDER BY number"
        return _VERSION.values(self._db.rows(sql, (note_id,)))

    def version(self, note_id: int, number: int) -> MemoryNoteVersion:
        """One wording of a note. Raises ``NotFound``, and ``BadQuery`` for a number below 1."""
        if number < 1:
            raise BadQuery("Versions are numbered from 1, the oldest.", 0)
        versions = self.versions(self.get(note_id).id)
        if number > len(versions):
            raise NotFound(
                f"Memory note {note_id} has no version {number:,}: it has {len(versions):,}."
            )
        return versions[number - 1]

    def _sessions(self, note_id: int) -> tuple[NoteSession, ...]:
        rows = self._db.rows(
            f"SELECT l.target, e.id, {NAME} FROM memory_note_links l"
            " LEFT JOIN episodes e ON e.key = l.target AND e.session_key = ''"
            " WHERE l.note_id = ? AND l.kind = 'session' ORDER BY l.position, e.id",
            (note_id,),
        )
        seen: dict[str, NoteSession] = {}
        for target, episode_id, title in rows:
            seen.setdefault(target, NoteSession(target, episode_id, title or ""))
        return tuple(seen.values())

    def _links(self, note: MemoryNote) -> tuple[NoteLink, ...]:
        rows = self._db.rows(
            "SELECT target FROM memory_note_links WHERE note_id = ? AND kind = 'note'"
            " ORDER BY position",
            (note.id,),
        )
        return tuple(NoteLink(target, self._linked(note, target)) for (target,) in rows)

    def _linked(self, note: MemoryNote, target: str) -> int | None:
        """The note that a link leads to: beside it, by its path from the folder or its title."""
        found: int | None
        if target.startswith("[["):
            wanted = target[2:-2].casefold()
            sql = (
                "SELECT id FROM memory_notes n WHERE store = ? AND gone_at IS NULL"
                " AND (casefold(title) = ? OR casefold(name) = ?) ORDER BY id LIMIT 1"
            )
            found = self._db.value(sql, (note.store, wanted, wanted))
            return found
        path = target.removeprefix("@").split("#", 1)[0]
        folder = posixpath.dirname(note.path.replace("\\", "/"))
        places = [posixpath.normpath(posixpath.join(folder, path))]
        while path.startswith("/") and folder.strip("/"):  # from the root of a bundle of notes
            places.append(posixpath.normpath(posixpath.join(folder, path.lstrip("/"))))
            folder = posixpath.dirname(folder)
        for place in places:
            sql = "SELECT id FROM memory_notes WHERE path = ? AND gone_at IS NULL"
            found = self._db.value(sql, (place,))
            if found is not None:
                return found
        return None

    def _placed(self, notes: Sequence[MemoryNote]) -> list[MemoryNote]:
        """The notes with folders as scopes, where Claude Code's own name of one is known."""
        folders = self._projects.folders(note.scope for note in notes)
        return [
            msgspec.structs.replace(note, scope=folders[note.scope][-1])
            if note.scope in folders
            else note
            for note in notes
        ]


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
