"""Times in lists: how long ago, or as the clock showed them, as a person chose."""

from __future__ import annotations

from datetime import datetime

from app.kit.formatting import NOTHING, local_time
from hpm_engine import local_moment, local_now

# Not by the system's words: everything else in the window is English too.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MINUTE, _HOUR = 60, 3600  # seconds
_WEEK = 7  # days


class ListTimes:
    """Whether lists say how long ago something was; the preferences set it."""

    relative = True


def list_time(at: int | None) -> str:
    """Unix microseconds for a column of a list."""
    return relative_time(at) if ListTimes.relative else local_time(at)


def relative_time(at: int | None, now: datetime | None = None) -> str:
    """``5 min ago``, ``3 h ago`` (today), ``yesterday 14:05``, ``Mon 14:05``, ``23 Nov 14:05``.

    A moment in the future, and one of another year, is told by its date.
    """
    moment = None if at is None else local_moment(at)
    if moment is None:
        return NOTHING
    now = now or local_now()
    passed = (now - moment).total_seconds()
    days = (now.date() - moment.date()).days
    clock = f"{moment:%H:%M}"
    if passed < -_MINUTE:
        return local_time(at)
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{passed // _MINUTE:.0f} min ago"
    if not days:
        return f"{passed // _HOUR:.0f} h ago"
    if days == 1:
        return f"yesterday {clock}"
    if days < _WEEK:
        return f"{_WEEKDAYS[moment.weekday()]} {clock}"
    if moment.year == now.year:
        return f"{short_day(moment)} {clock}"
    return f"{short_day(moment)} {moment.year}"


def brief_time(at: int | None, now: datetime | None = None) -> str:
    """The same in at most ten characters, where the day stands above: ``14:05``, ``23 Nov``."""
    moment = None if at is None else local_moment(at)
    if moment is None:
        return ""
    now = now or local_now()
    days = (now.date() - moment.date()).days
    if days < 0 or moment.year != now.year:
        return moment.date().isoformat()
    if not days:
        return relative_time(at, now) if ListTimes.relative else f"{moment:%H:%M}"
    return f"{moment:%H:%M}" if days < _WEEK else short_day(moment)


def short_day(moment: datetime) -> str:
    """A day without its year: ``23 Nov``."""
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


def weekday(moment: datetime) -> str:
    """A day of the last weeks: ``Mon 23 Nov``."""
    return f"{_WEEKDAYS[moment.weekday()]} {short_day(moment)}"


def month(moment: datetime) -> str:
    """A month: ``November 2026``."""
    return f"{_LONG_MONTHS[moment.month - 1]} {moment.year}"
