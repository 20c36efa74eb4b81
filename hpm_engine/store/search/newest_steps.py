"""The newest steps that hold a term, and the folders of their episodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hpm_engine.query.nodes import Path, Text
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import MOST_STEPS
from hpm_engine.store.search import step_sets

_SEQ_BITS = 24
MOST = 20_000  # steps that one term gives


def newest_steps(
    database: Database, term: Path | Text, episodes: Sequence[int] | None
) -> list[tuple[int, int]]:
    """Episode and position of the newest steps that hold a term, in these episodes if any given."""
    steps = step_sets.select(step_sets.matching(term))
    only = "" if episodes is None else f" AND id >> {_SEQ_BITS} IN (SELECT value FROM json_each(?))"
    listed = () if episodes is None else (_as_json(episodes),)
    with database.reading():
        rows = database.rows(
            f"SELECT id FROM ({steps.sql}) WHERE id & {MOST_STEPS} <> {MOST_STEPS}{only}"
            f" ORDER BY id DESC LIMIT {MOST}",
            (*steps.values, *listed),
        )
    return [(key >> _SEQ_BITS, key & MOST_STEPS) for (key,) in rows]


def folders(database: Database, episodes: Iterable[int]) -> dict[int, str]:
    """The folder that each of some episodes worked in, "" where it is not known."""
    sql = "SELECT id, cwd FROM episodes WHERE id IN (SELECT value FROM json_each(?))"
    with database.reading():
        return dict(database.rows(sql, (_as_json(episodes),)))


def _as_json(numbers: Iterable[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"
