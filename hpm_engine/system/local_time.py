"""The computer's own time zone: its clock, its days, and how a moment is written for people.

Moments are Unix microseconds. What people read and write is local time: see
``resources/decisions/window.md``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
# The calendar's two ends are out of reach of some zone.
_FIRST, _LAST = datetime(1, 1, 3), datetime(9999, 12, 29)
EARLIEST, LATEST = ((end.replace(tzinfo=UTC) - EPOCH) // MICROSECOND for end in (_FIRST, _LAST))


class Day(NamedTuple):
    """A local day with its first moment and the one behind its last, in Unix microseconds.

    Most have 24 hours. A day whose midnight the clock shows twice begins with the first.
    """

    date: date
    start: int
    end: int


class LocalZone(tzinfo):
    """What the operating system says of any moment; ``datetime.astimezone`` knows only one offset.

    A time of day next week is thus where the clock will show it, also if the clock changes before.
    A time that the clock skips has the offset before the change, and so is as much later.
    """

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """How far local time is ahead of UTC at a local time; its ``fold`` counts."""
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
    """The local time of a moment, with its offset then; ``None`` where no calendar has it.

    A trace may say anything.
    """
    try:
        # In C: every cell that is painted asks, and ``LocalZone`` takes ten times as long.
        return (EPOCH + timedelta(0, 0, at)).astimezone()
    except (OverflowError, OSError, ValueError):
        return None


def instant(wall: datetime) -> int:
    """The moment at which the clock here shows ``wall``, which has no zone.

    A time that the clock skips is taken as much later; of one shown twice it is the first.
    """
    offset = _ZONE.utcoffset(min(max(wall, _FIRST), _LAST)) or timedelta()
    return (wall - EPOCH.replace(tzinfo=None) - offset) // MICROSECOND


def day_start(day: date) -> int:
    """The first moment of a local day."""
    return instant(datetime.combine(day, time()))


def day_of(at: int) -> Day | None:
    """The local day that a moment lies in; ``None`` at the calendar's ends and beyond."""
    moment = local(at)
    if moment is None or not EARLIEST <= at < LATEST:
        return None
    day = moment.date()
    # A clock that goes back over midnight shows the day before again: that belongs to the new day.
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
    """What the clock shows: ``2026-11-29 08:30``. With its offset in an hour shown twice."""
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
