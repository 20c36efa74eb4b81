"""Whether it is time to consolidate: idleness, times of the week, power; the clock is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hpm_engine.consolidated import Trigger
from hpm_engine.schedule import Schedule, next_runs

_ASLEEP = timedelta(minutes=2)  # between two looks: the computer slept, or was off
_LATE = timedelta(minutes=5)  # after its time a run counts as missed and made up


class Scheduler:
    """Keeps one schedule; look with ``due`` at least once a minute.

    ``clock`` gives the local time with its zone, ``activity`` when an agent last did something
    (``None``: never), ``on_mains`` whether the computer has mains power. ``since`` is the last
    run, or when the schedule was made: times after it that have passed are made up, once.
    """

    def __init__(
        self,
        schedule: Schedule,
        clock: Callable[[], datetime],
        activity: Callable[[], datetime | None],
        on_mains: Callable[[], bool],
        since: datetime | None = None,
    ) -> None:
        self.schedule = schedule
        self._clock = clock
        self._activity = activity
        self._on_mains = on_mains
        now = clock()
        self._since = since or now
        self._looked = now.astimezone(UTC)
        self._awake = self._looked
        self._finished: datetime | None = None

    def due(self) -> Trigger | None:
        """What asks for a cycle now, if anything does."""
        now = self._clock()
        moment = now.astimezone(UTC)
        if moment - self._looked > _ASLEEP or moment < self._looked:
            self._awake = moment  # sleep is no idleness: an agent could not have worked
        self._looked = moment
        if self.schedule.mains and not self._on_mains():
            return None
        passed = next_runs(self.schedule, self._since.astimezone(now.tzinfo), 1)
        if passed and passed[0].astimezone(UTC) <= moment:
            late = moment - passed[0].astimezone(UTC) > _LATE
            return Trigger.MISSED if late else Trigger.TIME
        return Trigger.IDLE if self._idle(moment) else None

    def ran(self, *, finished: bool) -> None:
        """A cycle ran; ``finished`` says that nothing is left until an agent works again."""
        now = self._clock()
        self._since = now
        self._finished = now.astimezone(UTC) if finished else None

    def woken(self, began: datetime) -> bool:
        """Whether an agent did something after ``began``: a cycle that idleness started stops."""
        last = self._activity()
        return last is not None and last.astimezone(UTC) > began.astimezone(UTC)

    def next_runs(self, count: int = 5) -> list[datetime]:
        """The next times of the week, as local times."""
        return next_runs(self.schedule, self._clock(), count)

    def _idle(self, moment: datetime) -> bool:
        if self.schedule.idle is None:
            return False
        last = self._activity()
        active = self._awake if last is None else max(last.astimezone(UTC), self._awake)
        if self._finished is not None and (last is None or last.astimezone(UTC) < self._finished):
            return False
        return moment - active >= timedelta(minutes=self.schedule.idle)
