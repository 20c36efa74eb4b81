"""Sets of steps, as full-text expressions where one can say them and as SQL where not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from hpm_engine.query.nodes import Path, Text, has_words
from hpm_engine.words.parts import pieces_of, signed
from hpm_engine.words.scripts import begins, sought

_NUMBERS = re.compile(r"([0-9]+(?:\.[0-9]+)*\.)[0-9]+(?=[^\w.])")


class FullText(NamedTuple):
    """The steps that an FTS5 expression matches.

    ``earlier`` says the same for steps that an earlier version indexed: each step is in one of
    the two tables.
    """

    expression: str
    earlier: str


class Rows(NamedTuple):
    """The steps whose ids a statement gives, in its one column ``id``."""

    sql: str
    values: tuple[Any, ...]


StepSet = FullText | Rows
NO_STEP = FullText('""', '""')


def matching(term: Text | Path) -> StepSet:
    """The steps that hold a term; none of it is taken as FTS5 syntax."""
    if not has_words(term.value):
        return NO_STEP
    column = "did : " if isinstance(term, Path) else ""
    earlier = column + _phrase(term.value, goes_on=term.prefix)
    goes_on = term.prefix or begins(term.value)
    expression = column + _phrase(sought(term.value), goes_on=goes_on)
    if isinstance(term, Text):
        for word in sorted({word for _, word in signed(term.value.encode())}):
            expression = f"({expression}) AND (apart : {_phrase(word)})"
        if numbers := _NUMBERS.match(term.value):  # v2.1.3-beta holds 2.1.3-beta too
            rest = _phrase(sought(term.value[numbers.end(1) :]), goes_on=goes_on)
            expression = f"({expression}) OR ((apart : {_phrase(numbers[0])}) AND ({rest}))"
        if pieces := pieces_of(term.value):
            expression = f"({expression}) OR (apart : {_phrase(pieces, goes_on=goes_on)})"
    return FullText(expression, earlier)


def _phrase(text: str, *, goes_on: bool = False) -> str:
    return '"' + text.replace('"', '""').replace("\0", " ") + '"' + "*" * goes_on


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
    texts = [steps for steps in sets if isinstance(steps, FullText)]
    if len(texts) == len(sets):
        today, earlier = ([f"({text[table]})" for text in texts] for table in (0, 1))
        return FullText(f" {word} ".join(today), f" {word} ".join(earlier))
    parts = [select(steps) for steps in sets]
    sql = f" {operator} ".join(f"SELECT id FROM ({part.sql})" for part in parts)
    return Rows(sql, tuple(value for part in parts for value in part.values))


def select(steps: StepSet, between: tuple[int, int] | None = None) -> Rows:
    """The statement that gives the ids of a set, those in a span alone if one is given."""
    if isinstance(steps, FullText):
        within, span = ("", ()) if between is None else (" AND rowid BETWEEN ? AND ?", between)
        tables = (("step_fts", steps.expression), ("step_fts_earlier", steps.earlier))
        sql = " UNION ALL ".join(
            f"SELECT rowid AS id FROM {table} WHERE {table} MATCH ?{within}" for table, _ in tables
        )
        return Rows(sql, (tables[0][1], *span, tables[1][1], *span))
    if between is None:
        return steps
    return Rows(f"SELECT id FROM ({steps.sql}) WHERE id BETWEEN ? AND ?", (*steps.values, *between))
