"""Whether it is time to consolidate: idleness, times of the week, power; the clock is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec import structs

from hpm_engine.scheduling.consent import Consent
from hpm_engine.scheduling.schedule import Schedule, next_runs
from hpm_engine.values.consolidation import Trigger

_ASLEEP = timedelta(minutes=2)  # between two looks: the computer slept, or was off
_LISTED = 5  # times ahead
_LATE = timedelta(minutes=5)  # after its time a run counts as missed and made up


class Wait(StrEnum):
    """What keeps a schedule from running now."""

    NEVER = "never"
    CONSENT = "a yes"  # nobody agreed that this store tidies itself
    MAINS = "mains power"
    REST = "agents to rest"
    TIME = "the next time"
    WORK = "an agent to work"  # nothing is left to learn until then
    AGREEMENT = "a person to agree to what was forgotten"
    VECTORS = "vectors"  # no step was encoded yet


class Outlook(msgspec.Struct, frozen=True):
    """What a schedule says now: ``due`` asks for a cycle, else ``waits`` says what is missing.

    ``ages`` says that before it old episodes are to be compressed. ``rest_until`` is when agents
    will have rested long enough if none works; times are local. ``consent`` is what was said to all
    of it.
    """

    schedule: Schedule
    due: Trigger | None
    waits: Wait | None
    next_runs: tuple[datetime, ...]
    rest_until: datetime | None = None
    ages: bool = False
    consent: Consent = Consent.YES


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
        return self.outlook().due

    def outlook(self) -> Outlook:
        """What asks for a cycle now, or what is waited for."""
        now = self._clock()
        moment = self._noticed(now)
        runs = tuple(next_runs(self.schedule, now, _LISTED))
        outlook = Outlook(self.schedule, None, Wait.TIME if runs else Wait.NEVER, runs)
        if self.schedule.idle is None and not runs:
            return outlook
        if self.schedule.mains and not self._on_mains():
            return structs.replace(outlook, waits=Wait.MAINS)
        passed = next_runs(self.schedule, self._since.astimezone(now.tzinfo), 1)
        if passed and passed[0].astimezone(UTC) <= moment:
            late = moment - passed[0].astimezone(UTC) > _LATE
            return structs.replace(
                outlook, due=Trigger.MISSED if late else Trigger.TIME, waits=None
            )
        if self.schedule.idle is None:
            return outlook
        last = self._activity()
        if self._finished is not None and (last is None or last.astimezone(UTC) < self._finished):
            return structs.replace(outlook, waits=Wait.TIME if runs else Wait.WORK)
        active = self._awake if last is None else max(last.astimezone(UTC), self._awake)
        rested = active + timedelta(minutes=self.schedule.idle)
        if moment >= rested:
            return structs.replace(outlook, due=Trigger.IDLE, waits=None)
        until = rested.astimezone(now.tzinfo)
        return structs.replace(outlook, waits=Wait.REST, rest_until=until)

    def planned(self, consent: Consent) -> Outlook:
        """The times of the schedule where nobody agreed to it: whether agents rest is not asked."""
        now = self._clock()
        self._noticed(now)
        runs = tuple(next_runs(self.schedule, now, _LISTED))
        return Outlook(self.schedule, None, Wait.CONSENT, runs, consent=consent)

    def heard(self, at: datetime) -> None:
        """Somebody else ran a cycle at ``at``: times before it were kept."""
        self._since = max(self._since, at, key=lambda moment: moment.astimezone(UTC))

    def ran(self, *, finished: bool) -> None:
        """A cycle ran; ``finished`` says that nothing is left until an agent works again."""
        now = self._clock()
        self._since = now
        self._finished = now.astimezone(UTC) if finished else None

    def woken(self, began: datetime) -> bool:
        """Whether an agent did something after ``began``: a cycle that idleness started stops."""
        last = self._activity()
        return last is not None and last.astimezone(UTC) > began.astimezone(UTC)

    def _noticed(self, now: datetime) -> datetime:
        """This moment (UTC); a long time since the last look was sleep, which is no idleness."""
        moment = now.astimezone(UTC)
        if moment - self._looked > _ASLEEP or moment < self._looked:
            self._awake = moment  # an agent could not have worked
        self._looked = moment
        return moment
