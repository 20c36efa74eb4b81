"""The days of a list by time, in words above their first rows."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit.list_times import month, weekday
from hpm_engine import DayGroup, DayKind, local_moment

_WORDS = {DayKind.TODAY: "Today", DayKind.YESTERDAY: "Yesterday", DayKind.UNDATED: "Without a time"}


def day_bands(groups: Sequence[DayGroup]) -> dict[int, str]:
    """What stands above which row."""
    return {group.row: _name(group) for group in groups}


def _name(group: DayGroup) -> str:
    moment = local_moment(group.start)
    if group.kind in _WORDS or moment is None:
        return _WORDS.get(group.kind, "")
    return month(moment) if group.kind is DayKind.MONTH else weekday(moment)
