"""A schedule of consolidation as text and as a value, and the moments that it names."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from hpm_engine.config import IDLE_MINUTES
from hpm_engine.errors import BadQuery

SCHEDULE = "consolidation_schedule"  # the setting of a store
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_IDLE = re.compile(r"idle\s+(\d{1,5})")
_TIME = re.compile(r"(?:((?:mon|tue|wed|thu|fri|sat|sun)(?:-\w{3})?)\s+)?(\d{1,2}):(\d{2})")


class TimeOfWeek(msgspec.Struct, frozen=True):
    """A local time of day on some days of the week (0 is Monday)."""

    hour: int
    minute: int
    days: tuple[int, ...] = tuple(range(7))


class Schedule(msgspec.Struct, frozen=True):
    """Consolidate after ``idle`` minutes without agent activity, and at ``times``; or never.

    As text: ``idle 5``, ``03:00``, ``mon-fri 22:30``, ``mains`` (only on mains power), joined by
    commas; or ``never``.
    """

    idle: int | None = IDLE_MINUTES.value
    times: tuple[TimeOfWeek, ...] = ()
    mains: bool = False

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """The schedule that a text says. Raises ``BadQuery`` with the place of what it is not."""
        idle, times, mains = None, [], False
        offset = 0
        for item in text.lower().split(","):
            word = item.strip()
            if match := _IDLE.fullmatch(word):
                idle = int(match[1])
            elif (match := _TIME.fullmatch(word)) and (clock_time := _time(match)) is not None:
                times.append(clock_time)
            elif word == "mains":
                mains = True
            elif word != "never":
                raise BadQuery(
                    f"{word!r} is no time to consolidate. Write idle 5, 03:00, mon-fri 22:30, "
                    "mains, or never; several with commas between.",
                    offset,
                    len(item),
                )
            offset += len(item) + 1
        return cls(idle, tuple(times), mains)

    def text(self) -> str:
        """What ``parse`` reads as this schedule."""
        items = [] if self.idle is None else [f"idle {self.idle}"]
        items += [_as_text(clock_time) for clock_time in self.times]
        return ", ".join(items + ["mains"] * self.mains) if items else "never"


def next_runs(schedule: Schedule, now: datetime, count: int) -> list[datetime]:
    """The next ``count`` moments that ``times`` name after ``now``, an aware local time.

    A time that the clock skips in spring is taken as much later; one that it shows twice in
    autumn counts the first time.
    """
    runs: list[datetime] = []
    day = now.date()
    while len(runs) < count and schedule.times:
        moments = (
            _moment(clock_time, day, now)
            for clock_time in schedule.times
            if day.weekday() in clock_time.days
        )
        # Two aware times of one zone compare by what the clock shows: here the moment counts.
        after = {
            moment.astimezone(UTC): moment
            for moment in moments
            if moment.astimezone(UTC) > _utc(now)
        }
        runs += [after[key] for key in sorted(after)]
        day += timedelta(days=1)
    return runs[:count]


def _moment(clock_time: TimeOfWeek, day: date, now: datetime) -> datetime:
    wall = datetime.combine(day, time(clock_time.hour, clock_time.minute), now.tzinfo)
    return wall.astimezone(UTC).astimezone(now.tzinfo)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _time(match: re.Match[str]) -> TimeOfWeek | None:
    days, hour, minute = match[1], int(match[2]), int(match[3])
    if hour > 23 or minute > 59:
        return None
    if not days:
        return TimeOfWeek(hour, minute)
    first, _, last = days.partition("-")
    if last and last not in DAYS:
        return None
    start, stop = DAYS.index(first), DAYS.index(last or first)
    return TimeOfWeek(hour, minute, tuple((start + n) % 7 for n in range((stop - start) % 7 + 1)))


def _as_text(clock_time: TimeOfWeek) -> str:
    clock = f"{clock_time.hour:02}:{clock_time.minute:02}"
    if len(clock_time.days) == 7:
        return clock
    first, last = DAYS[clock_time.days[0]], DAYS[clock_time.days[-1]]
    return f"{first} {clock}" if len(clock_time.days) == 1 else f"{first}-{last} {clock}"
