"""Answering searches: which episodes a query finds, and where in them."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from hpm_engine.errors import BadQuery
from hpm_engine.job import Job
from hpm_engine.query import dates, parse
from hpm_engine.query.nodes import Lookup, Node
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import KEPT, LEARNED
from hpm_engine.store.names import CHANGED_FILES, NAME
from hpm_engine.store.rows.projects import CHOSEN, chosen
from hpm_engine.store.rows.steps import MOST_STEPS, step_id
from hpm_engine.store.search import step_sets
from hpm_engine.store.search.conditions import ANY_EPISODE, Condition, both
from hpm_engine.store.search.query_sql import QuerySql, with_step
from hpm_engine.store.search.regex_scan import RegexScan
from hpm_engine.store.search.step_sets import StepSet
from hpm_engine.store.texts import Texts
from hpm_engine.values.episodes import EpisodeList, EpisodeQuery, SortColumn

# Whole episodes keep more than any compressed one.
_SORTED_BY = {
    SortColumn.TITLE: NAME,
    SortColumn.KEPT: "coalesce(e.kept_share, 2)",
    SortColumn.LEARNED: LEARNED,
    SortColumn.DURATION: "(e.ended_at - e.started_at)",
    SortColumn.FILES: CHANGED_FILES,
    SortColumn.TAGS: (
        "(SELECT group_concat(name) FROM"
        " (SELECT t.name FROM tags t WHERE t.episode_id = e.id ORDER BY t.name))"
    ),
    SortColumn.NOTES: "(SELECT count(*) FROM notes n WHERE n.episode_id = e.id)",
    SortColumn.BRANCH: "nullif(e.branch, '')",
    SortColumn.FOLDER: "nullif(e.cwd, '')",
}
_SORTED_TEXT = {
    SortColumn.PROJECT,
    SortColumn.TITLE,
    SortColumn.AGENT,
    SortColumn.MODEL,
    SortColumn.TAGS,
    SortColumn.BRANCH,
    SortColumn.FOLDER,
}


# The ids of the steps (episode << 24 | position) nearest in meaning to a text, as many as are worth
# showing. Only steps of the given episodes are wanted, if any are given.
Nearness = Callable[[str, Sequence[int] | None], Sequence[int]]


def no_encoder(text: str, episodes: Sequence[int] | None) -> Sequence[int]:
    """What ``near:`` finds where nothing measures nearness."""
    raise BadQuery(
        "near: needs a model for recall, and none is available here. Search for words.", 0
    )


# The ids of the steps that answer a lookup, in these episodes if any are given.
LookupAnswers = Callable[[Lookup, Sequence[int] | None, Job], Sequence[int]]


def no_lookup(asked: Lookup, episodes: Sequence[int] | None, job: Job) -> Sequence[int]:
    """What a lookup finds where nothing answers it."""
    raise BadQuery(f"{asked.kind.value}: cannot be answered here. Search for words.", 0)


class Finder:
    """Searches one store. ``near`` measures nearness in meaning: whoever has an encoder sets it.

    ``clock`` says what moment it is, in Unix microseconds.
    """

    def __init__(self, database: Database, texts: Texts) -> None:
        self._db = database
        self._texts = texts
        self.near: Nearness = no_encoder
        self.lookup: LookupAnswers = no_lookup
        self.clock: Callable[[], int] = _now

    def find(self, query: EpisodeQuery, job: Job | None = None) -> EpisodeList:
        """The ids that a query finds, in its order; raises ``BadQuery``."""
        tree = parse(query.text)
        sql = self._sql(tree, job)
        filters = _filters(query)
        needed, condition = sql.needed(tree, filters)
        condition = both(filters, condition)
        if needed is not None and sql.found == [needed]:
            return self._with_counts(needed, condition, _order(query))
        condition = both(with_step(needed), condition) if needed else condition
        statement = f"SELECT e.id FROM episodes e WHERE {condition.sql} ORDER BY {_order(query)}"
        ids = array("q", [row[0] for row in self._db.execute(statement, condition.values)])
        counts = dict(self._db.execute(*self._counts(sql.found))) if sql.found else {}
        return EpisodeList(ids.tobytes(), sum(counts.get(episode, 0) for episode in ids))

    def _with_counts(self, steps: StepSet, condition: Condition, order: str) -> EpisodeList:
        """The episodes with a step of a set, where those steps are all the hits there are."""
        counts, values = self._counts([steps])
        rows = self._db.rows(
            f"SELECT e.id, h.n FROM ({counts}) h JOIN episodes e ON e.id = h.id"
            f" WHERE {condition.sql} ORDER BY {order}",
            (*values, *condition.values),
        )
        ids = array("q", [row[0] for row in rows])
        return EpisodeList(ids.tobytes(), sum(row[1] for row in rows))

    def _counts(self, sets: Sequence[StepSet]) -> tuple[str, tuple[Any, ...]]:
        """The statement that counts the steps of some sets by episode."""
        steps = step_sets.select(step_sets.any_of(sets))
        # A title stands in the place behind all steps, and is no hit among them.
        counted = f"count(*) FILTER (WHERE id & {MOST_STEPS} <> {MOST_STEPS})"
        sql = f"SELECT id >> 24 AS id, {counted} AS n FROM ({steps.sql}) GROUP BY 1"
        return sql, steps.values

    def field_condition(self, text: str) -> Condition:
        """The condition on episodes of a search that asks nothing of steps."""
        tree = parse(text)
        needed, condition = self._sql(tree, None).needed(tree, ANY_EPISODE)
        assert needed is None
        return condition

    def hits(self, episode_id: int, text: str, job: Job | None = None) -> list[int]:
        """The positions of an episode's steps that hold what a search asks of a step, in order."""
        tree = parse(text)
        sql = self._sql(tree, job)
        sql.needed(tree, Condition("e.id = ?", (episode_id,)))
        if not sql.found:
            return []
        first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
        steps = step_sets.select(step_sets.any_of(sql.found), (first, last))
        rows = self._db.rows(f"SELECT id FROM ({steps.sql}) ORDER BY id", steps.values)
        return [key - first for (key,) in rows]

    def _nearest(self, text: str, within: Condition) -> Sequence[int]:
        return self.near(text, self._meeting(within))

    def _meeting(self, within: Condition) -> list[int] | None:
        """The episodes that meet a condition; None for all."""
        if within == ANY_EPISODE:
            return None
        rows = self._db.rows(f"SELECT e.id FROM episodes e WHERE {within.sql}", within.values)
        return [episode for (episode,) in rows]

    def _sql(self, tree: Node, job: Job | None) -> QuerySql:
        # Now, and with it today, is read once: a scan may go on over midnight.
        moments = dates.moments(tree, self.clock())
        scan = RegexScan(self._db, self._texts, job or Job())

        def answers(asked: Lookup, within: Condition) -> Sequence[int]:
            return self.lookup(asked, self._meeting(within), job or Job())

        return QuerySql(moments, scan, self._nearest, answers)


def _now() -> int:
    return time.time_ns() // 1000


def _order(query: EpisodeQuery) -> str:
    direction = "DESC" if query.descending else "ASC"
    collate = " COLLATE NOCASE" if query.sort in _SORTED_TEXT else ""
    column = _SORTED_BY.get(query.sort, f"e.{query.sort.value}")
    return f"{column}{collate} {direction} NULLS LAST, e.id {direction}"


def _filters(query: EpisodeQuery) -> Condition:
    """The query's filters; unlike fields in its text they tell capitals from small letters."""
    condition = ANY_EPISODE
    if query.project:
        condition = Condition(CHOSEN, tuple(chosen(query.project)))
    for sql, value in (
        ("e.agent = ?", query.agent or None),
        ("e.outcome = ?", query.outcome),
        ("e.id IN (SELECT t.episode_id FROM tags t WHERE t.name = ?)", query.tag or None),
        (f"{KEPT} = ?", query.kept),
        (f"{LEARNED} = ?", query.learned),
        ("e.pinned = ?", query.pinned),
        ("(e.errors > 0) = ?", query.has_error),
    ):
        if value is not None:
            condition = both(condition, Condition(sql, (value,)))
    return both(condition, Condition("e.parent_key = ''")) if query.top_level else condition
