"""Runs of cycles: everything that waits learned in one go, and what each run came to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from hpm_engine.config import CYCLE_MEMORIES, MAP_UNCHANGED
from hpm_engine.consolidator.base import read_base
from hpm_engine.consolidator.memories import Memories
from hpm_engine.errors import Cancelled
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.cycles import CycleRows
from hpm_engine.store.learned.prototypes import PrototypeRows
from hpm_engine.values.consolidation import CycleReport, RunReport, Trigger, Waiting


class CycleRuns:
    """What ``Memory.consolidation.runs`` is; ``cycle`` runs one cycle of a run."""

    def __init__(
        self, database: Database, log: AuditLog, cycle: Callable[..., CycleReport]
    ) -> None:
        self._db, self._log, self._cycle = database, log, cycle
        self._rows = CycleRows(database)

    def waiting(self) -> Waiting:
        """The memories that no prototype holds yet. Raises ``NotFound`` where none has a vector."""
        with self._db.reading():
            base = read_base(self._db)
            known = [] if base.outdated else PrototypeRows(self._db).places()
            keys = Memories(self._db, self._log, base.encoder).waiting(known)
        return Waiting(len(keys), len({episode_id for episode_id, _ in keys}))

    def learn(self, limit: int = CYCLE_MEMORIES.value, job: Job | None = None) -> RunReport:
        """Learn all that waits, in cycles of ``limit`` memories that are undone together.

        It ends early with a cycle that is refused, and where ``job`` is cancelled: what was learned
        by then stays. Raises ``Cancelled`` only if that is nothing, and ``StoreBusy`` as a cycle.
        """
        job, waiting = job or Job(), self.waiting().memories
        reports: list[CycleReport] = []
        stopped, left = False, waiting
        while left:
            try:
                part = _CycleOfRun(job, reports, waiting)
                within = reports[-1].run if reports else None
                report = self._cycle(limit, Trigger.PERSON, part, within=within)
            except Cancelled:
                if not reports:
                    raise
                stopped = True
                break
            if not report.memories and not report.refused:
                break
            reports.append(report)
            left = 0 if report.refused else report.left
            job.give_way()
        return structs.replace(summed(reports, self._log.actor), stopped=stopped)

    def count(self) -> int:
        """How many runs ``listed`` tells of."""
        with self._db.reading():
            return self._rows.run_count()

    def listed(self, offset: int = 0, limit: int = 200) -> list[RunReport]:
        """What runs came to, newest first, undone ones and refused cycles too."""
        with self._db.reading():
            return [summed(reports) for reports in self._rows.runs(offset, limit)]

    def cycles(self, first: int) -> list[CycleReport]:
        """The cycles of the run that began with one, oldest first."""
        with self._db.reading():
            return self._rows.of_run(first)


def summed(reports: Sequence[CycleReport], actor: str = "") -> RunReport:
    """Cycles that followed upon each other, as one; the last may have been refused."""
    published = [report for report in reports if report.id is not None]
    previewed = [report for report in reports if report.id is None and not report.refused]
    counting = published or previewed
    last = reports[-1] if reports else None
    measured = [report for report in counting or reports if report.found is not None]
    gone = {gone for report in counting for gone, _ in report.merged}
    gone |= {key for report in counting for key in report.retired}
    born = tuple(dict.fromkeys(key for report in counting for key in report.born))
    return RunReport(
        first=published[0].id if published else None,
        last=published[-1].id if published else None,
        began=reports[0].at if reports else 0,
        at=last.at if last else 0,
        actor=last.actor if last else actor,
        trigger=last.trigger if last else Trigger.PERSON,
        cycles=len(published),
        memories=sum(report.memories for report in counting),
        born=tuple(key for key in born if key not in gone),
        refreshed=_refreshed(counting, gone, set(born)),
        merged=tuple(pair for report in counting for pair in report.merged),
        retired=tuple(key for report in counting for key in report.retired),
        found_before=measured[0].found_before if measured else None,
        found=measured[-1].found if measured else None,
        canaries=measured[-1].canaries if measured else 0,
        forgotten=sum((report.found_before or 0.0) - (report.found or 0.0) for report in measured),
        seconds=sum(report.seconds for report in reports),
        left=last.left + (last.memories if last.refused else 0) if last else 0,
        refused=last.refused if last else "",
        asks=last.asks if last else False,
        undone_at=last.undone_at if last else None,
    )


def _refreshed(reports: Sequence[CycleReport], gone: set[int], born: set[int]) -> tuple[int, ...]:
    """The prototypes that were there before and went farther than can be overlooked."""
    moved: dict[int, float] = {}
    for report in reports:
        for key, distance in report.moved.items():
            moved[key] = max(distance, moved.get(key, 0.0))
    farthest = sorted(moved, key=lambda key: -moved[key])
    new = gone | born
    return tuple(key for key in farthest if moved[key] > MAP_UNCHANGED.value and key not in new)


class _CycleOfRun(Job):
    """Reports a cycle's memories as those of the whole run; its notes say which cycle it is."""

    def __init__(self, job: Job, before: Sequence[CycleReport], total: int) -> None:
        super().__init__(give_way=job.give_way)
        self._job, self._whole = job, total
        self._before = self._most = sum(report.memories for report in before)
        self._cycle = len(before) + 1

    def step(
        self,
        done: int,
        total: int | None = None,
        note: str = "",
        unit: str = "",
        figures: tuple[float, ...] = (),
    ) -> None:
        """The memories learned so far; it never goes back. Raises ``Cancelled``."""
        self._most = max(self._most, self._before + done)
        of_cycle = f"{note}, cycle {self._cycle}"
        self._job.step(self._most, self._whole, of_cycle, "memories", figures)
