"""Where the days begin in a list of episodes that is sorted by time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from hpm_engine.store.file.database import Database
from hpm_engine.system.local_time import day_of, day_start
from hpm_engine.values.episodes import DayGroup, DayKind, EpisodeList

_DAYS = 14  # that have groups of their own; earlier ones stand under their month
_MOST = 400  # groups; a hostile trace may have an episode in every month there ever was
_DAY = timedelta(days=1)


def day_groups(database: Database, episodes: EpisodeList, now: datetime) -> tuple[DayGroup, ...]:
    """The groups of a list that is sorted, up or down, by when its episodes began.

    Those without a time stand last. Of each group only a few rows are looked at.
    """
    ids = memoryview(episodes.ids).cast("q")

    def started(row: int) -> int | None:
        at: int | None = database.value("SELECT started_at FROM episodes WHERE id = ?", (ids[row],))
        return at

    groups: list[DayGroup] = []
    row = 0
    while row < len(ids) and len(groups) < _MOST:
        at = started(row)
        group = _group(row, at, now.date())
        groups.append(group)
        row = _first(row, len(ids), lambda later: _holds(groups[-1], started(later)))
    return tuple(groups)


def _holds(group: DayGroup, at: int | None) -> bool:
    if at is None or group.kind is DayKind.UNDATED:
        return at is None and group.kind is DayKind.UNDATED
    return group.start <= at < group.end


def _first(row: int, count: int, same: Callable[[int], bool]) -> int:
    """The first row behind ``row`` that differs; from it on all do, so few need be looked at."""
    known, width = row, 1
    while known + width < count and same(known + width):
        known, width = known + width, width * 2
    low, high = known + 1, min(known + width, count)
    while low < high:
        middle = (low + high) // 2
        if same(middle):
            low = middle + 1
        else:
            high = middle
    return low


def _group(row: int, at: int | None, today: date) -> DayGroup:
    """The group of an episode that began at a moment."""
    day = None if at is None else day_of(at)
    if day is None:
        return DayGroup(row, DayKind.UNDATED, 0, 0)
    days = (today - day.date).days
    if days < _DAYS:
        kind = {0: DayKind.TODAY, 1: DayKind.YESTERDAY}.get(days, DayKind.DAY)
        return DayGroup(row, kind, day.start, day.end)
    first = day.date.replace(day=1)
    following = (first + 32 * _DAY).replace(day=1)
    end = min(following, today - (_DAYS - 1) * _DAY)
    return DayGroup(row, DayKind.MONTH, day_start(first), day_start(end))
