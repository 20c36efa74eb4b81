"""Sets of steps, as full-text expressions where one can say them and as SQL where not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hpm_engine.query.nodes import Path, Text, has_words


class FullText(NamedTuple):
    """The steps that an FTS5 expression matches."""

    expression: str


class Rows(NamedTuple):
    """The steps whose ids a statement gives, in its one column ``id``."""

    sql: str
    values: tuple[Any, ...]


StepSet = FullText | Rows
NO_STEP = FullText('""')


def matching(term: Text | Path) -> StepSet:
    """The steps that hold a term; none of it is taken as FTS5 syntax."""
    if not has_words(term.value):
        return NO_STEP
    phrase = '"' + term.value.replace('"', '""').replace("\0", " ") + '"'
    column = "did : " if isinstance(term, Path) else ""
    return FullText(column + phrase + ("*" if term.prefix else ""))


def listed(ids: Sequence[int]) -> Rows:
    """The steps with these ids."""
    return Rows("SELECT value AS id FROM json_each(?)", (f"[{','.join(map(str, ids))}]",))


def all_of(sets: Sequence[StepSet]) -> StepSet:
    """The steps that are in every one of ``sets``."""
    return _combined(sets, "AND", "INTERSECT")


def any_of(sets: Sequence[StepSet]) -> StepSet:
    """The steps that are in at least one of ``sets``."""
    return _combined(sets, "OR", "UNION")


def without(sets: StepSet, excluded: StepSet) -> StepSet:
    """The steps of the first set that are not in the second."""
    return _combined([sets, excluded], "NOT", "EXCEPT")


def _combined(sets: Sequence[StepSet], word: str, operator: str) -> StepSet:
    if len(sets) == 1:
        return sets[0]
    expressions = [one.expression for one in sets if isinstance(one, FullText)]
    if len(expressions) == len(sets):
        return FullText(f" {word} ".join(f"({expression})" for expression in expressions))
    parts = [select(one) for one in sets]
    sql = f" {operator} ".join(f"SELECT id FROM ({part.sql})" for part in parts)
    return Rows(sql, tuple(value for part in parts for value in part.values))


def select(steps: StepSet, between: tuple[int, int] | None = None) -> Rows:
    """The statement that gives the ids of a set, those in a span alone if one is given."""
    if isinstance(steps, FullText):
        sql, values = "SELECT rowid AS id FROM step_fts WHERE step_fts MATCH ?", (steps.expression,)
        if between is None:
            return Rows(sql, values)
        return Rows(f"{sql} AND rowid BETWEEN ? AND ?", (*values, *between))
    if between is None:
        return steps
    return Rows(f"SELECT id FROM ({steps.sql}) WHERE id BETWEEN ? AND ?", (*steps.values, *between))
