"""The computer's own time zone: its clock, its days, and the texts of moments for people.

Moments are Unix microseconds. What people read and write is local time: see
``resources/decisions/window.md``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
# Some zones do not reach the ends of the calendar.
_FIRST = datetime(1, 1, 3)
_LAST = datetime(9999, 12, 29)
EARLIEST = (_FIRST.replace(tzinfo=UTC) - EPOCH) // MICROSECOND  # Unix µs
LATEST = (_LAST.replace(tzinfo=UTC) - EPOCH) // MICROSECOND  # Unix µs


class Day(NamedTuple):
    """A local day; most have 24 hours.

    A day whose midnight the clock shows twice begins with the first.
    """

    date: date
    start: int  # its first moment
    end: int  # the moment after its last


class LocalZone(tzinfo):
    """The operating system's zone for any moment; ``datetime.astimezone`` has only one offset.

    So a time of day next week is right even if the clock changes before it. A time that the clock
    skips has the offset before the change, and so is later by the change.
    """

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """The difference of local time from UTC at a local time; its ``fold`` counts."""
        return _by_system(moment).utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Unknown: the operating system tells only the whole offset."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """The zone's name at a local time."""
        return _by_system(moment).tzname()

    def fromutc(self, moment: datetime) -> datetime:
        """The local time of a moment whose fields are in UTC."""
        utc = moment.replace(tzinfo=UTC)
        wall = utc.astimezone().replace(tzinfo=None)
        fold = int(wall.astimezone().astimezone(UTC) != utc)  # shown for the second time
        return wall.replace(tzinfo=self, fold=fold)


_ZONE = LocalZone()


def now() -> datetime:
    """This moment as local time."""
    return datetime.now(_ZONE)


def local(at: int) -> datetime | None:
    """The local time of a moment, with its offset; ``None`` for moments outside the calendar.

    A trace may have any number.
    """
    try:
        # In C, for every cell that is painted: ``LocalZone`` takes ten times as long.
        return (EPOCH + timedelta(0, 0, at)).astimezone()
    except (OverflowError, OSError, ValueError):
        return None


def instant(wall: datetime) -> int:
    """The moment at which the local clock shows ``wall``, which has no zone.

    A time that the clock skips is later by the change; a time shown twice is the first one.
    """
    offset = _ZONE.utcoffset(min(max(wall, _FIRST), _LAST)) or timedelta()
    return (wall - EPOCH.replace(tzinfo=None) - offset) // MICROSECOND


def day_start(day: date) -> int:
    """The first moment of a local day."""
    return instant(datetime.combine(day, time()))


def day_of(at: int) -> Day | None:
    """The local day of a moment; ``None`` at the calendar's ends and beyond."""
    moment = local(at)
    if moment is None or not EARLIEST <= at < LATEST:
        return None
    day = moment.date()
    # A clock that goes back over midnight shows the day before again, as a part of the new day.
    if at >= day_start(day + _DAY):
        day += _DAY
    elif at < day_start(day):
        day -= _DAY
    return Day(day, day_start(day), day_start(day + _DAY))


def stamp(moment: datetime, *, seconds: bool = False) -> str:
    """A local time with its offset, which nobody misreads: ``2026-11-29 08:30 +09:00``."""
    text = moment.isoformat(" ", "seconds" if seconds else "minutes")
    length = 19 if seconds else 16
    return f"{text[:length]} {text[length:]}"


def wall_time(moment: datetime, *, seconds: bool = False) -> str:
    """The clock's time: ``2026-11-29 08:30``, with the offset in an hour that it shows twice."""
    wall = moment.replace(tzinfo=None)
    if _FIRST < wall < _LAST and wall.timestamp() != wall.replace(fold=1).timestamp():
        return stamp(moment, seconds=seconds)
    return wall.isoformat(" ", "seconds" if seconds else "minutes")


def utc_text(at: int) -> str:
    """A moment for programs to read, to the second: ``2026-11-28T23:30:00Z``."""
    return f"{(EPOCH + at * MICROSECOND).isoformat()[:19]}Z"


def _by_system(moment: datetime | None) -> datetime:
    naive = datetime.now() if moment is None else moment.replace(tzinfo=None)
    return naive.astimezone()
