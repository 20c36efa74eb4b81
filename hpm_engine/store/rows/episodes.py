"""Reading episodes: rows for a page, details for one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from hpm_engine.errors import NotFound
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import KEPT, LEARNED
from hpm_engine.store.names import CHANGED_FILES, NAME
from hpm_engine.store.rows.declaration import GIVEN, Columns, ReadBy
from hpm_engine.values.episodes import (
    Episode,
    EpisodeDetail,
    EpisodeLink,
    Facets,
    Kept,
    Outcome,
    Sums,
    Tier,
)

_EPISODE = Columns(
    Episode,
    {
        "id": "e.id",
        "format": "e.format",
        "key": "e.key",
        "agent": "e.agent",
        "model": "e.model",
        "project": "e.project",
        "task": "e.task",
        "outcome": ReadBy("e.outcome", Outcome),
        "tier": ReadBy("e.tier", Tier),
        "started_at": "e.started_at",
        "ended_at": "e.ended_at",
        "steps": "e.steps",
        "agent_steps": "e.agent_steps",
        "calls": "e.calls",
        "errors": "e.errors",
        "tokens_in": "e.tokens_in",
        "tokens_out": "e.tokens_out",
        "cost_usd": "e.cost_usd",
        "text_size": "e.text_size",
        "pinned": ReadBy("e.pinned", bool),
        "tags": GIVEN,
        "children": (
            "(SELECT count(*) FROM episodes c"
            " WHERE c.format = e.format AND c.parent_key = e.key AND c.parent_key <> '')"
        ),
        "kept_share": "e.kept_share",
        "last_recalled_at": "e.last_recalled_at",
        "evicted_at": "(SELECT m.evicted_at FROM compressed m WHERE m.episode_id = e.id)",
        "title": "e.title",
        "cwd": "e.cwd",
        "parent": "e.parent_key",
        "continues": "e.continues_key",
        "project_path": "e.project_path",
        "agent_title": "e.agent_title",
        "kept": ReadBy(KEPT, Kept),
        "learned": ReadBy(LEARNED, bool),
        "notes": "(SELECT count(*) FROM notes n WHERE n.episode_id = e.id)",
        "quarantined": "coalesce((SELECT q.reason FROM quarantine q"
        " WHERE q.kind = 'episode' AND q.number = e.id), '')",
        "branch": "e.branch",
        "files": CHANGED_FILES,
        # Before it was first imported, somebody may have copied the file; the change of an archive,
        # a database or a file of several sessions may be another one's.
        "grew_at": (
            "CASE WHEN e.ended_at IS NULL THEN (SELECT s.modified_at FROM sources s"
            " WHERE s.id = e.source_id AND s.modified_at > e.imported_at"
            " AND instr(s.path, '!/') = 0 AND NOT EXISTS"
            " (SELECT 1 FROM episodes o WHERE o.source_id = e.source_id AND o.id <> e.id)) END"
        ),
    },
)
_DETAIL = Columns(
    EpisodeDetail,
    {
        "episode": GIVEN,
        "cwd": "e.cwd",
        "branch": "e.branch",
        "source_path": "coalesce(s.path, '')",
        "source_size": "coalesce(s.size, 0)",
        "source_sha256": "lower(hex(s.sha256))",
        "digest": "lower(hex(e.digest))",
        "imported_at": "e.imported_at",
        "parent": GIVEN,
        "children": GIVEN,
        "continues": GIVEN,
        "continued_by": GIVEN,
        "held_by": (
            "(SELECT count(DISTINCT m.prototype_id) FROM prototype_members m"
            " WHERE m.episode_id = e.id)"
        ),
        "branches": GIVEN,
    },
)
_LINK = Columns(
    EpisodeLink,
    {
        "id": "e.id",
        "task": "e.task",
        "agent": "e.agent",
        "steps": "e.steps",
        "title": "e.title",
        "name": NAME,
    },
)


class ImportedSession(msgspec.Struct, frozen=True):
    """A session as it was imported: what it was called, and when its text went, if it did."""

    key: str
    title: str
    imported_at: int
    evicted_at: int | None


_SESSION = Columns(
    ImportedSession,
    {
        "key": "coalesce(nullif(e.session_key, ''), e.key)",
        "title": "e.title",
        "imported_at": "e.imported_at",
        "evicted_at": "c.evicted_at",
    },
)

_CANDIDATES = 6  # named where a name fits several
_BEGINNING = 4  # characters of an id, at least


class EpisodeRows:
    """The episodes of a store, for readers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, ids: Sequence[int]) -> list[Episode]:
        """The rows of ``ids``, in that order; ids that are gone are left out."""
        episodes: dict[int, Episode] = {}
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ",".join("?" * len(part))
            tags = self._tags(part, marks)
            sql = f"SELECT e.id, {_EPISODE.sql} FROM episodes e WHERE e.id IN ({marks})"
            with self._db.decoding("episodes"):
                rows = self._db.rows(sql, part)
                of_rows = [tags.get(key, ()) for key, *_ in rows]
                values = _EPISODE.values([row[1:] for row in rows], tags=of_rows)
                episodes |= {episode.id: episode for episode in values}
        return [episodes[episode_id] for episode_id in ids if episode_id in episodes]

    def _tags(self, ids: Sequence[int], marks: str) -> dict[int, tuple[str, ...]]:
        sql = f"SELECT episode_id, name FROM tags WHERE episode_id IN ({marks}) ORDER BY name"
        tags: dict[int, tuple[str, ...]] = {}
        for episode_id, name in self._db.execute(sql, ids):
            tags[episode_id] = (*tags.get(episode_id, ()), name)
        return tags

    def count(self) -> int:
        """How many episodes there are."""
        count: int = self._db.value("SELECT count(*) FROM episodes")
        return count

    def step_counts(self) -> list[tuple[int, int]]:
        """Each episode with the number of its steps, by id."""
        return self._db.rows("SELECT id, steps FROM episodes ORDER BY id")

    def folder(self, episode_id: int) -> str:
        """The folder that an episode worked in; "" where it is not known."""
        return self._db.value("SELECT cwd FROM episodes WHERE id = ?", (episode_id,)) or ""

    def titles(self, episode_id: int) -> str:
        """The names that an episode was given, one a line; "" where it has none."""
        rows = self._db.rows("SELECT title, agent_title FROM episodes WHERE id = ?", (episode_id,))
        return "\n".join(filter(None, rows[0])) if rows else ""

    def named(self, name: str) -> int:
        """The episode of a number, a session's id, its beginning, or a title; raises ``NotFound``.

        What fits several names them.
        """
        if name.isdecimal() and (ids := self._which("id = ?", name)):
            return ids[0][0]
        begins = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        tries = (
            ("key = ?", name),
            ("title = ? COLLATE NOCASE AND title <> ''", name),
            ("agent_title = ? COLLATE NOCASE AND agent_title <> ''", name),
            ("key LIKE ? ESCAPE '\\'", begins if len(name) >= _BEGINNING else ""),
            ("task = ?", name),
        )
        for where, value in tries:
            ids = self._which(where, value)
            if len(ids) == 1:
                return ids[0][0]
            if ids:
                known = "; ".join(f"{key} ({called[:60]})" for key, called in ids[:_CANDIDATES])
                more = ", and more" if len(ids) > _CANDIDATES else ""
                raise NotFound(f"{self._db.path}: {name} fits several episodes: {known}{more}.")
        raise NotFound(
            f"{self._db.path}: no episode {name}. hpm episodes lists their numbers; a session's "
            "id, how it begins, or a title that only one has will do too."
        )

    def _which(self, where: str, value: object) -> list[tuple[int, str]]:
        sql = (
            f"SELECT e.id, {NAME} FROM episodes e WHERE {where} ORDER BY e.id"
            f" LIMIT {_CANDIDATES + 1}"
        )
        return self._db.rows(sql, (value,))

    def detail(self, episode: int | str) -> EpisodeDetail:
        """All about one episode, by number, session id or title; raises ``NotFound``."""
        episode_id = self.named(episode) if isinstance(episode, str) else episode
        episodes = self.get([episode_id])
        if not episodes:
            raise NotFound(f"{self._db.path}: no episode {episode_id}.")
        row, session_key = self._detail(episode_id)
        format_, key = episodes[0].format, episodes[0].key
        parents = self._links("key", format_, episodes[0].parent)
        earlier = self._links("key", format_, episodes[0].continues)
        return _DETAIL.value(
            row,
            episode=episodes[0],
            parent=parents[0] if parents else None,
            children=self._links("parent_key", format_, key),
            continues=earlier[0] if earlier else None,
            continued_by=self._links("continues_key", format_, key),
            branches=self._branches(format_, session_key or key, episode_id),
        )

    def _detail(self, episode_id: int) -> tuple[list[Any], str]:
        """The row of an episode's detail, and the session that it is a later branch of."""
        sql = (
            f"SELECT e.session_key, {_DETAIL.sql}"
            " FROM episodes e LEFT JOIN sources s ON s.id = e.source_id WHERE e.id = ?"
        )
        session_key, *row = self._db.rows(sql, (episode_id,))[0]
        return row, session_key

    def sessions_of(self, source_id: int) -> list[ImportedSession]:
        """The sessions of a source."""
        sql = (
            f"SELECT {_SESSION.sql} FROM episodes e"
            " LEFT JOIN compressed c ON c.episode_id = e.id WHERE e.source_id = ?"
        )
        return _SESSION.values(self._db.execute(sql, (source_id,)))

    def _branches(self, format_: str, key: str, but: int) -> tuple[EpisodeLink, ...]:
        """The episodes of a session that went on in several places, without one of them."""
        links = self._links("session_key", format_, key)
        if links:
            links = self._links("key", format_, key) + links
        return tuple(link for link in links if link.id != but)

    def _links(self, column: str, format_: str, key: str) -> tuple[EpisodeLink, ...]:
        if not key:
            return ()
        sql = (
            f"SELECT {_LINK.sql} FROM episodes e"
            f" WHERE format = ? AND {column} = ?"
            f" AND {column} <> ''"  # the indexes hold no other rows
            " ORDER BY started_at, id"
        )
        return tuple(_LINK.values(self._db.execute(sql, (format_, key))))

    def span(self, episode_id: int) -> tuple[int, int, int]:
        """The source that holds an episode's bytes, and where: start and size (0: all)."""
        rows = self._db.rows(
            "SELECT source_id, raw_start, raw_size FROM episodes WHERE id = ?", (episode_id,)
        )
        if not rows or rows[0][0] is None:
            raise NotFound(f"{self._db.path}: no episode {episode_id}, or its bytes are not kept.")
        span: tuple[int, int, int] = rows[0]
        return span

    def sums(self, ids: bytes) -> Sums:
        """What some episodes come to; their ids are packed as 64-bit integers."""
        row = self._db.rows(
            "SELECT count(*), coalesce(sum(max(0, e.ended_at - e.started_at)), 0),"
            " coalesce(sum(e.steps), 0), coalesce(sum(e.tokens_in + e.tokens_out), 0),"
            " coalesce(sum(e.cost_usd), 0.0), count(e.cost_usd)"
            " FROM json_each(?) j CROSS JOIN episodes e ON e.id = j.value",
            (json.dumps(memoryview(ids).cast("q").tolist()),),
        )[0]
        return Sums(*row)

    def facets(self) -> Facets:
        """What filters can offer."""
        return Facets(
            projects=self._counts("SELECT project, count(*) FROM episodes GROUP BY 1"),
            agents=self._counts("SELECT agent, count(*) FROM episodes GROUP BY 1"),
            tags=self._counts("SELECT name, count(*) FROM tags GROUP BY 1"),
            outcomes=self._counts("SELECT outcome, count(*) FROM episodes GROUP BY 1"),
            models=self._counts("SELECT model, count(*) FROM episodes GROUP BY 1"),
            tools=self._counts("SELECT tool, count(*) FROM episode_tools GROUP BY 1"),
            kept=self._counts(f"SELECT {KEPT}, count(*) FROM episodes e GROUP BY 1"),
            learned=self._counts(
                f"SELECT CASE WHEN {LEARNED} THEN 'yes' ELSE 'no' END, count(*)"
                " FROM episodes e GROUP BY 1"
            ),
        )

    def _counts(self, sql: str) -> tuple[tuple[str, int], ...]:
        return tuple((name, count) for name, count in self._db.rows(f"{sql} ORDER BY 2 DESC, 1"))
