"""Which episodes a recall may give, and what is known of their use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from hpm_engine.store.erasure.quarantine import set_apart
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import KEPT
from hpm_engine.store.rows.declaration import Columns, ReadBy
from hpm_engine.store.rows.projects import CHOSEN, chosen
from hpm_engine.store.visible import VisibleRows
from hpm_engine.values.episodes import Kept
from hpm_engine.values.recall import RecallScope

_ASKED = 500


class Standing(msgspec.Struct, frozen=True, gc=False):
    """What of an episode weighs in recency, importance and tiering."""

    episode_id: int
    at: int | None  # when it ended, or began
    pinned: bool
    kept: Kept
    outcome: str
    times: int  # recalled
    heat: float  # as of ``recalled_at``
    recalled_at: int | None
    used: int = 0  # recalls whose session used it
    ignored: int = 0  # recalls whose session did not


_GIVEN = "d.episode_id = e.id"
_STANDING = Columns(
    Standing,
    {
        "episode_id": "e.id",
        "at": "coalesce(e.ended_at, e.started_at)",
        "pinned": ReadBy("e.pinned", bool),
        "kept": ReadBy(KEPT, Kept),
        "outcome": "e.outcome",
        "times": "coalesce(u.times, 0)",
        "heat": "coalesce(u.heat, 0.0)",
        "recalled_at": "u.last_at",
        "used": f"(SELECT count(*) FROM handed d WHERE {_GIVEN} AND d.used = 'used')",
        "ignored": f"(SELECT count(*) FROM handed d WHERE {_GIVEN} AND d.used = 'ignored')",
    },
)
_STANDINGS = (
    f"SELECT {_STANDING.sql} FROM episodes e LEFT JOIN episode_use u ON u.episode_id = e.id"
)


class ScopeRows:
    """The candidates of a recall."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def members(self, scope: RecallScope, without: Sequence[int]) -> list[int]:
        """The ids of all episodes within a scope, but for those to do ``without``."""
        conditions, values = _conditions(scope)
        if scope.reader is not None:
            for condition, more in VisibleRows(self._db).conditions(scope.reader):
                conditions.append(condition)
                values += more
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        rows = self._db.rows(f"SELECT e.id FROM episodes e{where} ORDER BY e.id", values)
        excluded = {*without, *set_apart(self._db)}
        if scope.among is not None:
            among = set(scope.among)
            return [key for (key,) in rows if key in among and key not in excluded]
        return [key for (key,) in rows if key not in excluded]

    def standing(self, ids: Sequence[int]) -> list[Standing]:
        """What weighs beside the texts, for episodes that are there."""
        standings: list[Standing] = []
        for start in range(0, len(ids), _ASKED):
            part = ids[start : start + _ASKED]
            marks = ",".join("?" * len(part))
            sql = f"{_STANDINGS} WHERE e.id IN ({marks})"
            standings += _STANDING.values(self._db.rows(sql, part))
        return standings

    def times(self, ids: Sequence[int]) -> dict[int, int]:
        """When episodes ended, or began, as far as that is known."""
        sql = (
            "SELECT e.id, coalesce(e.ended_at, e.started_at, 0) FROM episodes e"
            " WHERE e.id IN (SELECT value FROM json_each(?))"
        )
        return dict(self._db.rows(sql, (json.dumps(list(ids)),)))

    def standings(self) -> list[Standing]:
        """The same of every episode."""
        return _STANDING.values(self._db.rows(f"{_STANDINGS} ORDER BY e.id"))


def _conditions(scope: RecallScope) -> tuple[list[str], list[Any]]:
    tagged = "EXISTS (SELECT 1 FROM tags t WHERE t.episode_id = e.id AND t.name = ?)"
    conditions: list[str] = []
    values: list[Any] = []
    if scope.project:
        conditions.append(CHOSEN)
        values += chosen(scope.project)
    for condition, value in (
        ("e.agent = ?", scope.agent or None),
        ("e.started_at >= ?", scope.since),
        ("e.started_at < ?", scope.until),
        ("e.outcome = ?", scope.outcome),
        (tagged, scope.tag or None),
        (f"NOT {tagged}", scope.without_tag or None),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if scope.top_level:
        conditions.append("e.parent_key = ''")
    if scope.not_session:
        conditions.append("? NOT IN (e.key, e.session_key, e.parent_key)")
        values.append(scope.not_session)
    return conditions, values
