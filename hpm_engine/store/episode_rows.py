"""Reading episodes: rows for a page, details for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hpm_engine.errors import NotFound
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import KEPT, LEARNED
from hpm_engine.store.names import NAME
from hpm_engine.values.episodes import (
    Episode,
    EpisodeDetail,
    EpisodeLink,
    Facets,
    Kept,
    Outcome,
    Tier,
)

_ROW = (
    "id, format, key, agent, model, project, task, outcome, tier, started_at, ended_at, steps,"
    " agent_steps, calls, errors, tokens_in, tokens_out, cost_usd, text_size, pinned"
)
_ORIGIN = "title, cwd, parent_key, continues_key"
_LATEST = "project_path, agent_title"

_CANDIDATES = 6  # named where a name fits several
_BEGINNING = 4  # characters of an id, at least


class EpisodeRows:
    """The episodes of a store, for readers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, ids: Sequence[int]) -> list[Episode]:
        """The rows of ``ids``, in that order; ids that are gone are left out."""
        found: dict[int, Episode] = {}
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ",".join("?" * len(part))
            tags = self._tags(part, marks)
            sql = (
                f"SELECT {_ROW}, {_ORIGIN}, kept_share, last_recalled_at,"
                " (SELECT count(*) FROM episodes c"
                " WHERE c.format = e.format AND c.parent_key = e.key AND c.parent_key <> ''),"
                " (SELECT evicted_at FROM compressed m WHERE m.episode_id = e.id),"
                f" {_LATEST}, {KEPT}, {LEARNED}"
                f" FROM episodes e WHERE id IN ({marks})"
            )
            with self._db.decoding("episodes"):
                for *row, path, by_agent, kept, learned in self._db.execute(sql, part):
                    *row, share, recalled, children, evicted = row
                    fields: Any = [*row[:7], Outcome(row[7]), Tier(row[8])]
                    fields += [*row[9:19], bool(row[19])]
                    fields += [tags.get(row[0], ()), children, share, recalled, evicted]
                    fields += [*row[20:], path, by_agent, Kept(kept), bool(learned)]
                    found[row[0]] = Episode(*fields)
        return [found[episode_id] for episode_id in ids if episode_id in found]

    def _tags(self, ids: Sequence[int], marks: str) -> dict[int, tuple[str, ...]]:
        sql = f"SELECT episode_id, name FROM tags WHERE episode_id IN ({marks}) ORDER BY name"
        tags: dict[int, tuple[str, ...]] = {}
        for episode_id, name in self._db.execute(sql, ids):
            tags[episode_id] = (*tags.get(episode_id, ()), name)
        return tags

    def folder(self, episode_id: int) -> str:
        """The folder that an episode worked in; "" where it is not known."""
        found: str | None = self._db.value("SELECT cwd FROM episodes WHERE id = ?", (episode_id,))
        return found or ""

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
        found: list[tuple[int, str]] = self._db.rows(sql, (value,))
        return found

    def detail(self, episode: int | str) -> EpisodeDetail:
        """All about one episode, by number, session id or title; raises ``NotFound``."""
        episode_id = self.named(episode) if isinstance(episode, str) else episode
        episodes = self.get([episode_id])
        if not episodes:
            raise NotFound(f"{self._db.path}: no episode {episode_id}.")
        row = self._db.rows(
            "SELECT e.cwd, e.branch, e.digest, e.imported_at, e.parent_key, e.continues_key,"
            " e.session_key, s.path, s.size, s.sha256, (SELECT count(DISTINCT m.prototype_id)"
            " FROM prototype_members m WHERE m.episode_id = e.id)"
            " FROM episodes e LEFT JOIN sources s ON s.id = e.source_id WHERE e.id = ?",
            (episode_id,),
        )[0]
        (
            cwd,
            branch,
            digest,
            imported_at,
            parent_key,
            continues_key,
            session_key,
            *source,
            held_by,
        ) = row
        path, size, sha256 = source
        format_, key = episodes[0].format, episodes[0].key
        parents = self._links("key", format_, parent_key)
        earlier = self._links("key", format_, continues_key)
        return EpisodeDetail(
            episode=episodes[0],
            cwd=cwd,
            branch=branch,
            source_path=path or "",
            source_size=size or 0,
            source_sha256=(sha256 or b"").hex(),
            digest=digest.hex(),
            imported_at=imported_at,
            parent=parents[0] if parents else None,
            children=self._links("parent_key", format_, key),
            continues=earlier[0] if earlier else None,
            continued_by=self._links("continues_key", format_, key),
            held_by=held_by,
            branches=self._branches(format_, session_key or key, episode_id),
        )

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
            f"SELECT id, task, agent, steps, title, {NAME} FROM episodes e"
            f" WHERE format = ? AND {column} = ?"
            f" AND {column} <> ''"  # the indexes hold no other rows
            " ORDER BY started_at, id"
        )
        return tuple(EpisodeLink(*row) for row in self._db.execute(sql, (format_, key)))

    def place(self, episode_id: int) -> tuple[int, int, int]:
        """The source that holds an episode's bytes, and where: start and size (0: all)."""
        rows = self._db.rows(
            "SELECT source_id, raw_start, raw_size FROM episodes WHERE id = ?", (episode_id,)
        )
        if not rows or rows[0][0] is None:
            raise NotFound(f"{self._db.path}: no episode {episode_id}, or its bytes are not kept.")
        found: tuple[int, int, int] = rows[0]
        return found

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
