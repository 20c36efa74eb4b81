"""Conditions in SQL, put together; the same for searches of episodes and of notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hpm_engine.query.nodes import FieldIs
from hpm_engine.store.rows.projects import spoken


class Condition(NamedTuple):
    """A condition on the episode ``e``, or the note ``n``: always true or false, never NULL."""

    sql: str
    values: tuple[Any, ...] = ()


ANY_EPISODE = Condition("1")
# By its name or any end of its path; see ``hpm_engine.store.rows.projects``.
_PROJECT = (
    "(e.project = ? COLLATE NOCASE OR (e.project_path <> ''"
    " AND substr('/' || e.project_path, -length(?) - 1) = '/' || ? COLLATE NOCASE))"
)


def both(condition: Condition, other: Condition) -> Condition:
    """Both conditions."""
    return joined([part for part in (condition, other) if part != ANY_EPISODE], " AND ")


def negation(condition: Condition) -> Condition:
    """The condition does not hold."""
    return Condition(f"NOT ({condition.sql})", condition.values)


def joined(parts: Sequence[Condition], operator: str) -> Condition:
    """Conditions with " AND " or " OR " between them; of none: anything."""
    if not parts:
        return ANY_EPISODE
    sql = operator.join(f"({part.sql})" if len(parts) > 1 else part.sql for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.values))


def equals(column: str, node: FieldIs) -> Condition:
    """A text is a value, ASCII case aside, or fits its pattern."""
    if not node.pattern:
        return Condition(f"{column} = ? COLLATE NOCASE", (node.value,))
    return Condition(f"{column} LIKE ? ESCAPE '\\'", (_like(node.value).replace("*", "%"),))


def of_project(node: FieldIs) -> Condition:
    """The row ``e``, which has ``project`` and ``project_path``, is of a project."""
    if node.pattern:
        return equals("e.project", node)
    return Condition(_PROJECT, (spoken(node.value),) * 3)


def holding(columns: Sequence[str], node: FieldIs) -> Condition:
    """One of some texts holds a value, in letters of any case."""
    like = _like(node.value)
    like = f"%{like.replace('*', '%') if node.pattern else like}%"
    if not like.isascii():  # LIKE knows the small letters of ASCII alone
        like = like.casefold()
        columns = [f"casefold({column})" for column in columns]
    sql = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns)
    return Condition(f"({sql})", (like,) * len(columns))


def _like(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
