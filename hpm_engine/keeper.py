"""Keeping a store's schedule: what is due, ageing or a cycle, done until an agent wakes up."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from hpm_engine.config import CYCLE_MEMORIES
from hpm_engine.errors import Cancelled, HPMError, NotFound
from hpm_engine.job import Job, Progress
from hpm_engine.memory import Memory
from hpm_engine.scheduling.activity import last_activity
from hpm_engine.scheduling.consent import Consent, consent_of
from hpm_engine.scheduling.power import on_mains
from hpm_engine.scheduling.schedule import SCHEDULE, Schedule
from hpm_engine.scheduling.scheduler import Outlook, Scheduler, Wait
from hpm_engine.system import local_time
from hpm_engine.values.ageing import AgeingOutlook, AgeingReport
from hpm_engine.values.consolidation import SCHEDULER, CycleReport, Trigger
from hpm_engine.values.reports import AuditFilter

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
_GLANCE = 0.5  # seconds between two looks at the agents while a cycle runs
_ROWS = 1_000  # of the audit log in which the schedule's last change is looked for


class Keeper:
    """One store's schedule while a program keeps it, be it the window or ``hpm run``.

    ``look`` and ``run`` may be called on different threads, each with a memory of the same store
    that is that thread's, but never at once. ``person`` says when somebody last used the program,
    which counts as agents' work does. Nothing is due in a store whose person did not agree, unless
    ``asked``: somebody called for it in so many words.
    """

    def __init__(
        self,
        folders: Callable[[], Sequence[Path]],
        clock: Callable[[], datetime] = local_time.now,
        activity: Callable[[Sequence[Path]], datetime | None] = last_activity,
        mains: Callable[[], bool] = on_mains,
        person: Callable[[], datetime | None] = lambda: None,
        *,
        asked: bool = False,
    ) -> None:
        self._folders = folders
        self._clock = clock
        self._activity = activity
        self._mains = mains
        self._person = person
        self._asked = asked
        self._watched: Sequence[Path] | None = None
        self._scheduler: Scheduler | None = None
        self._aged: AgeingOutlook | None = None  # what the last ageing left undone
        self._run: int | None = None  # the first cycle of the run under way
        self._vectors = False  # whether the store was seen to have some
        self._decided: tuple[object, ...] = ()  # what the log has of the last look

    def look(self, memory: Memory) -> Outlook:
        """What the schedule says now; call it at least once a minute.

        The schedule and the last cycle are read from the store each time: another program may
        keep the same schedule, and one run is enough.
        """
        outlook = self._looked(memory)
        decision = (outlook.due, outlook.ages, outlook.waits)
        if decision != self._decided:
            self._decided = decision
            _LOG.info(
                "due: %s; ages first: %s; waits for: %s", outlook.due, outlook.ages, outlook.waits
            )
        return outlook

    def _looked(self, memory: Memory) -> Outlook:
        scheduler = self._current(memory)
        consent = Consent.YES if self._asked else consent_of(memory.settings.all())
        if consent is not Consent.YES:
            return scheduler.planned(consent)
        outlook = scheduler.outlook()
        if outlook.due is None:
            self._run = None
            return self._foreseen(memory, outlook)
        if self._ages(memory):
            return structs.replace(outlook, ages=True)
        try:
            waiting = memory.consolidation.waiting()
        except NotFound:
            return structs.replace(outlook, due=None, waits=Wait.VECTORS)
        if not waiting:
            self._run = None
            scheduler.ran(finished=True)
            return scheduler.outlook()
        if memory.consolidation.agreement().refused:
            self._run = None
            return structs.replace(outlook, due=None, waits=Wait.AGREEMENT)
        return outlook

    def run(self, memory: Memory, trigger: Trigger, job: Job) -> CycleReport | None:
        """One cycle; ``None`` if idleness began it and somebody woke up, which stops it.

        Those that follow upon each other are one run, undone together. Raises ``Cancelled`` if it
        was ``job`` that stopped, ``StoreBusy`` while another program consolidates: then, as after
        any failure, the next chance is waited for.
        """

        def cycle(inner: Job) -> CycleReport:
            return memory.consolidation.run(CYCLE_MEMORIES.value, trigger, inner, within=self._run)

        report = self._unless_woken(memory, trigger, job, cycle)
        if report is not None:
            self._run = report.run or self._run
            self._current(memory).ran(finished=not report.left or bool(report.refused))
        return report

    def age(self, memory: Memory, trigger: Trigger, job: Job) -> AgeingReport | None:
        """Compress what is old, and so on: see ``Ageing.run``; stopped and raising as ``run``.

        What is left then, because it is too small or in use, waits until something else is due.
        """
        report = self._unless_woken(
            memory, trigger, job, lambda ageing: memory.compression.ageing.run(ageing, SCHEDULER)
        )
        if report is not None:
            self._aged = memory.compression.ageing.outlook()
        return report

    def put_off(self) -> None:
        """A person stopped what was due, perhaps before it began: an agent has to work first."""
        if self._scheduler is not None:
            self._scheduler.ran(finished=True)

    def _foreseen(self, memory: Memory, outlook: Outlook) -> Outlook:
        """The same, or what is waited for where nothing could be done at the time it names."""
        rests = outlook.waits is Wait.REST
        if not rests and (self._vectors or outlook.waits not in (Wait.TIME, Wait.MAINS)):
            return outlook  # to count what is left takes longer, and more may come until then
        try:
            waiting = memory.consolidation.waiting()
            self._vectors = True
            instead = Wait.TIME if outlook.next_runs else Wait.WORK
        except NotFound:
            waiting, instead = 0, Wait.VECTORS
        if waiting or (self._vectors and not rests) or self._ages(memory):
            return outlook
        return structs.replace(outlook, waits=instead, rest_until=None)

    def _ages(self, memory: Memory) -> bool:
        if not memory.settings.ageing().automatic:
            return False
        outlook = memory.compression.ageing.outlook()
        return not outlook.idle and outlook != self._aged

    def _unless_woken(
        self, memory: Memory, trigger: Trigger, job: Job, work: Callable[[Job], T]
    ) -> T | None:
        scheduler, began = self._current(memory), self._clock()
        stopped, glanced = False, time.monotonic()

        def look(progress: Progress) -> None:
            nonlocal stopped, glanced
            try:
                job.step(*structs.astuple(progress))
            except Cancelled:
                stopped = True
                inner.cancel()
            if trigger is Trigger.IDLE and time.monotonic() - glanced >= _GLANCE:
                glanced = time.monotonic()
                if scheduler.woken(began):
                    inner.cancel()

        inner = Job(look, give_way=job.give_way)
        try:
            return work(inner)
        except Cancelled:
            if not stopped:
                _LOG.info("an agent or a person woke up: the rest waits")
                return None
            scheduler.ran(finished=True)
            raise
        except HPMError:
            scheduler.ran(finished=True)
            raise

    def _current(self, memory: Memory) -> Scheduler:
        schedule = Schedule.parse(memory.settings.all().get(SCHEDULE, Schedule().text()))
        last = memory.figures.last_cycle_at()
        if self._scheduler is None or self._scheduler.schedule != schedule:
            latest = max(last, _set_at(memory))
            self._scheduler = Scheduler(
                schedule, self._clock, self._last_activity, self._mains, _moment(latest)
            )
        elif (ran := _moment(last)) is not None:
            self._scheduler.heard(ran)
        return self._scheduler

    def _last_activity(self) -> datetime | None:
        if self._watched is None:
            self._watched = self._folders()
        moments = (self._activity(self._watched), self._person())
        return max(
            (moment.astimezone(UTC) for moment in moments if moment is not None), default=None
        )


def _moment(at: int) -> datetime | None:
    return datetime.fromtimestamp(at / 1e6, UTC) if at else None


def _set_at(memory: Memory) -> int:
    """When the schedule was last changed; 0 if it never was."""
    changes = AuditFilter(action="set")
    rows = memory.audit.page(changes, max(0, memory.audit.count(changes) - _ROWS), _ROWS)
    return max((row.at for row in rows if row.subject == f"setting:{SCHEDULE}"), default=0)
