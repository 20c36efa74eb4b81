"""How tools were used, and what memory gave back, in figures."""

from __future__ import annotations

from typing import Any

from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.values.activity import Given, Period, ToolAmount

_MOST_GIVEN = 8  # episodes that are named
_STEPS = "s.id BETWEEN e.id << 24 AND (e.id << 24) + 16777215"
_CALLS = "count(*), coalesce(sum((s.flags & 1) <> 0), 0)"  # 1: a call of the step failed
_OWN = "s.tool <> '' AND NOT s.flags & 16"  # 16: copied from another session


def tools(database: Database, period: Period) -> tuple[ToolAmount, ...]:
    """The tools that were called in a period, most called first. Reads the rows of its steps."""
    where, values = _where(period, "e")
    if where:
        sql = (
            f"SELECT s.tool, {_CALLS} FROM episodes e JOIN steps s ON {_STEPS}"
            f" WHERE {where} AND {_OWN} GROUP BY s.tool"
        )
        used = (
            "SELECT t.tool, count(*) FROM episode_tools t JOIN episodes e ON e.id = t.episode_id"
            f" WHERE {where} GROUP BY t.tool"
        )
    else:
        sql = f"SELECT s.tool, {_CALLS} FROM steps s WHERE {_OWN} GROUP BY s.tool"
        used = "SELECT t.tool, count(*) FROM episode_tools t GROUP BY t.tool"
    episodes = dict(database.rows(used, values))
    amounts = [
        ToolAmount(tool, calls, failed, episodes.get(tool, 0))
        for tool, calls, failed in database.rows(sql, values)
    ]
    return tuple(sorted(amounts, key=lambda amount: (-amount.calls, amount.tool)))


def given(database: Database, period: Period) -> Given:
    """What was recalled in a period; of a project, the episodes of that project alone."""
    recall = " AND ".join(
        condition
        for condition, at in (("r.at >= ?", period.since), ("r.at < ?", period.until))
        if at is not None
    )
    recall = recall or "1"
    times = tuple(at for at in (period.since, period.until) if at is not None)
    hit, project = "1", tuple[str, ...]()
    if period.project is not None:
        hit = "h.episode_id IN (SELECT e.id FROM episodes e WHERE e.project = ?)"
        project = (period.project,)
    some = f"EXISTS (SELECT 1 FROM recall_hits h WHERE h.recall_id = r.id AND {hit})"
    joined = f"FROM recall_hits h JOIN recalls r ON r.id = h.recall_id WHERE {recall} AND {hit}"
    count, answered = database.rows(
        f"SELECT count(*), coalesce(sum({some}), 0) FROM recalls r WHERE {recall}",
        (*project, *times),
    )[0]
    hits, injected = database.rows(
        f"SELECT count(*), coalesce(sum(h.injected), 0) {joined}", (*times, *project)
    )[0]
    receivers = database.rows(
        "SELECT r.actor, count(DISTINCT nullif(r.destination, '')), count(*) FROM recalls r"
        f" WHERE {recall} GROUP BY 1 ORDER BY 3 DESC, 1",
        times,
    )
    most = database.rows(
        f"SELECT h.episode_id, count(*) {joined} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST_GIVEN}",
        (*times, *project),
    )
    names = {
        key: name
        for key, _ in most
        for (name,) in database.rows(f"SELECT {NAME} FROM episodes e WHERE e.id = ?", (key,))
    }
    return Given(
        recalls=answered if period.project is not None else count,
        hits=hits,
        injected=injected,
        answered=answered,
        receivers=tuple((actor, sessions, times) for actor, sessions, times in receivers),
        episodes=tuple((key, names.get(key, ""), times) for key, times in most),
    )


def _where(period: Period, table: str) -> tuple[str, tuple[Any, ...]]:
    conditions = {
        f"{table}.started_at >= ?": period.since,
        f"{table}.started_at < ?": period.until,
        f"{table}.project = ?": period.project,
    }
    chosen = {sql: value for sql, value in conditions.items() if value is not None}
    return " AND ".join(chosen), tuple(chosen.values())
