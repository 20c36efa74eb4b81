"""How many episodes of a search each value of a filter would leave."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hpm_engine.job import Job
from hpm_engine.query.fields import FIELDS, Kind
from hpm_engine.query.refinement import filters_of
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import KEPT, LEARNED
from hpm_engine.store.search.conditions import ANY_EPISODE, Condition
from hpm_engine.store.search.finding import Finder
from hpm_engine.values.episodes import EpisodeQuery, FacetCounts

_COLUMNS = {
    "project": "e.project",
    "agent": "e.agent",
    "model": "e.model",
    "outcome": "e.outcome",
    "kept": KEPT,
    "learned": f"CASE WHEN {LEARNED} THEN 'yes' ELSE 'no' END",
}
_SPANS = ("today", "yesterday", "7d", "30d")  # of ``after:``
# Facts that are counted one by one: an episode may be several of them.
_FACTS = tuple(
    (field, value)
    for field, values in (
        *((name, info.names) for name, info in FIELDS.items() if info.kind is Kind.STATE),
        ("after", _SPANS),
    )
    for value in values
)


def facet_counts(
    database: Database, finder: Finder, text: str, job: Job | None = None
) -> FacetCounts:
    """Count for every filter what the rest of the search and all other filters leave."""
    filters = filters_of(text)
    within = _within(finder, filters.rest, job)
    asked = [(field, finder.field_condition(part)) for field, part in filters.texts.items()]
    facts = [finder.field_condition(f"{field}:{value}") for field, value in _FACTS]
    own = [Condition(sql) for sql in _COLUMNS.values()]
    rows = _grouped(database, "episodes e", [*own, *facts, *(c for _, c in asked)], within)
    tags = _grouped(
        database,
        "tags t JOIN episodes e ON e.id = t.episode_id",
        [Condition("t.name"), *(c for _, c in asked)],
        within,
    )
    counts: dict[str, Counter[str]] = {field: Counter() for field in (*_COLUMNS, "tag")}
    for field, value in _FACTS:
        counts.setdefault(field, Counter())[value] = 0
    fields = [field for field, _ in asked]
    for *values, count in rows:
        split = len(_COLUMNS) + len(_FACTS)
        missed = {field for field, met in zip(fields, values[split:], strict=True) if not met}
        for field, value in zip(_COLUMNS, values, strict=False):
            if missed <= {field}:
                counts[field][value] += count
        for (field, value), met in zip(_FACTS, values[len(_COLUMNS) : split], strict=True):
            if met and missed <= {field}:
                counts[field][value] += count
    for name, *values, count in tags:
        missed = {field for field, met in zip(fields, values, strict=True) if not met}
        if missed <= {"tag"}:
            counts["tag"][name] += count
    return FacetCounts({field: tuple(counter.most_common()) for field, counter in counts.items()})


def _within(finder: Finder, rest: str, job: Job | None) -> Condition:
    """The episodes that the rest of a search finds, once for all counts."""
    if not rest:
        return ANY_EPISODE
    ids = memoryview(finder.find(EpisodeQuery(text=rest), job).ids).cast("q").tolist()
    return Condition("e.id IN (SELECT value FROM json_each(?))", (json.dumps(ids),))


def _grouped(
    database: Database, source: str, columns: Sequence[Condition], within: Condition
) -> list[tuple[Any, ...]]:
    """The values of columns that occur, each row with the number of episodes."""
    names = ", ".join(f"({column.sql}) AS c{place}" for place, column in enumerate(columns))
    keys = ", ".join(f"c{place}" for place in range(len(columns)))
    values = [value for column in columns for value in column.values]
    sql = f"SELECT {names}, count(*) FROM {source} WHERE {within.sql} GROUP BY {keys}"
    return database.rows(sql, (*values, *within.values))
