"""Runs of cycles: everything that waits learned in one go, and what each run came to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from hpm_engine.config import CYCLE_MEMORIES
from hpm_engine.consolidator.base import read_base
from hpm_engine.consolidator.memories import Memories
from hpm_engine.errors import Cancelled
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.cycles import CycleRows
from hpm_engine.store.learned.prototypes import PrototypeRows
from hpm_engine.values.consolidation import CycleReport, Trigger, Waiting
from hpm_engine.values.cycle_runs import RunReport, run_of


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
        return structs.replace(run_of(reports, self._log.actor), stopped=stopped)

    def count(self) -> int:
        """How many runs ``listed`` tells of."""
        with self._db.reading():
            return self._rows.run_count()

    def listed(self, offset: int = 0, limit: int = 200) -> list[RunReport]:
        """What runs came to, newest first, undone ones and refused cycles too."""
        with self._db.reading():
            return [run_of(reports) for reports in self._rows.runs(offset, limit)]

    def cycles(self, run: RunReport) -> list[CycleReport]:
        """The cycles of a run, oldest first; of one that published none, what was refused."""
        with self._db.reading():
            return self._rows.of_run(run.first) if run.first else self._rows.refused_at(run.at)


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
