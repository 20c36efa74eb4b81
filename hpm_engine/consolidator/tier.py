"""Tier 3 of one open store: cycles, their preview, history and undo; prototypes and members."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import structs

from hpm_engine.config import CYCLE_MEMORIES, FORGETTING_BOUND
from hpm_engine.consolidator import shaping
from hpm_engine.consolidator.base import Base, read_base
from hpm_engine.consolidator.cartography import Cartography
from hpm_engine.consolidator.conclusion import CycleConclusion, CycleDraft
from hpm_engine.consolidator.cycle import Cycle
from hpm_engine.consolidator.learned import unlearn_others
from hpm_engine.consolidator.rule import SHIPPED, LearningRule
from hpm_engine.consolidator.runs import CycleRuns
from hpm_engine.consolidator.shown_prototypes import holdings, refuse_taken, shown
from hpm_engine.consolidator.turn import turn
from hpm_engine.errors import CannotWrite, NotFound
from hpm_engine.index.cache import index_folder
from hpm_engine.job import Job
from hpm_engine.recall.named_words import NamedWords
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.cycles import AGREED, CycleRows
from hpm_engine.store.learned.prototype_marks import PrototypeMarkRows, PrototypeMarks
from hpm_engine.store.learned.prototypes import PrototypeRows
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.settings import Settings
from hpm_engine.store.visible import VisibleRows
from hpm_engine.values.consolidation import (
    SCHEDULER,
    Agreement,
    CyclePreview,
    CycleReport,
    CycleRun,
    Holding,
    Member,
    Merging,
    Prototype,
    Trigger,
)
from hpm_engine.values.reports import Changed, Edit
from hpm_engine.values.vectors import VectorKind


class ConsolidatedTier:
    """What ``Memory.consolidation`` is. Every method may raise ``HPMError``."""

    def __init__(self, database: Database, log: AuditLog, steps: StepRows) -> None:
        self._db = database
        self._log = log
        self._steps = steps
        self._prototypes = PrototypeRows(database)
        self._cycles = CycleRows(database)
        self._words = NamedWords(database)
        self._under_way: Cycle | None = None
        self._previewed: tuple[Base, CycleDraft] | None = None

    def waiting(self) -> int:
        """How many memories no prototype holds yet."""
        return self.runs.waiting().memories

    def run(
        self,
        limit: int = CYCLE_MEMORIES.value,
        trigger: Trigger = Trigger.PERSON,
        job: Job | None = None,
        bound: float = FORGETTING_BOUND.value,
        rule: LearningRule = SHIPPED,
        within: int | None = None,
    ) -> CycleReport:
        """One cycle of up to ``limit`` memories, published in one transaction.

        A cycle that would forget more than ``bound``, or with which that much would be forgotten
        since a person agreed, is refused: its report says so, has no id, and is logged.
        ``within`` is the run that it goes on with, if nothing came between. Raises ``Cancelled``
        with nothing written; the next run goes on where it stopped. Raises ``StoreBusy`` while
        another program consolidates the store.
        """
        job = job or Job()
        with turn(self._lock(), self._db.path):
            base, draft = self._concluded(limit, trigger, job, bound, rule, within)
            if draft.report.refused:
                return self._refuse(draft)
            if not draft.report.memories:
                return draft.report
            return self._publish(base, draft, within=within)

    def preview(
        self,
        limit: int = CYCLE_MEMORIES.value,
        job: Job | None = None,
        bound: float = FORGETTING_BOUND.value,
        rule: LearningRule = SHIPPED,
    ) -> CyclePreview:
        """What a cycle would do; writes nothing. ``accept`` publishes exactly that."""
        self._previewed = self._concluded(limit, Trigger.PERSON, job or Job(), bound, rule)
        return CyclePreview(**structs.asdict(self._previewed[1].report))

    def accept(self) -> CycleReport:
        """Publish the last preview. Raises ``NotFound`` where there is none that may be."""
        if self._previewed is None or self._previewed[1].report.refused:
            raise NotFound(f"{self._db.path}: there is no preview to accept. Make one first.")
        with turn(self._lock(), self._db.path):
            (base, draft), self._previewed = self._previewed, None
            return self._publish(base, draft)

    def undo(self, only: int | None = None) -> CycleReport:
        """Undo the last run that stands, byte for byte. Raises ``NotFound`` if it is too late.

        A run is one cycle, or as many as the schedule ran one after the other; the report is that
        of its last one, whose ``run`` is the first.

        With ``only``, a cycle's id, raises ``CannotWrite`` if another one came since.
        """
        with turn(self._lock(), self._db.path), self._db.writing():
            last = self._cycles.last()
            if last is None:
                raise NotFound(f"{self._db.path}: there is no cycle to undo.")
            key, change = last
            if only not in (None, key):
                raise CannotWrite(
                    f"{self._db.path}: cycle {key} came after cycle {only}. Undo that one first."
                )
            if change is None:
                raise NotFound(
                    f"{self._db.path}: cycle {key} is too long past: only the last ones can be "
                    "undone. Restore a backup, or consolidate anew."
                )
            first = self._cycles.run_of(key)
            self._prototypes.apply(change)
            unlearn_others(self._db, self._log, change.settled)
            self._cycles.mark_undone(first)
            detail = {"cycles": key - first + 1, "first": first}
            self._log.append(
                "undo consolidation", f"cycle:{key}", before=change.digest(), detail=detail
            )
        self._under_way = self._previewed = None
        with self._db.reading():
            return self._cycles.report(key)

    def cycles(self, offset: int = 0, limit: int = 200) -> list[CycleReport]:
        """What cycles did, newest first, undone and refused ones too."""
        with self._db.reading():
            return self._cycles.reports(offset, limit)

    def undoable(self) -> list[CycleRun]:
        """The last runs of cycles, as far as ``undo`` can still reach, newest first."""
        with self._db.reading():
            return self._cycles.undoable()

    def agreement(self) -> Agreement:
        """What was forgotten since a person agreed, and whether cycles wait for that."""
        with self._db.reading():
            return self._cycles.agreement()

    def agree(self) -> Changed:
        """Take what was forgotten so far as agreed to: the bound counts from here."""
        with self._db.writing():
            changed = Settings(self._db, self._log).set(AGREED, self._cycles.agreed())
        self._under_way = self._previewed = None
        return changed | Changed.PROTOTYPES

    def cycle_count(self) -> int:
        """How many cycles ``cycles`` tells of."""
        with self._db.reading():
            return self._cycles.count()

    def prototypes(self) -> list[Prototype]:
        """Every prototype with its label, by id."""
        with self._db.reading(), self._db.decoding("prototypes"):
            rows = self._prototypes.all()
            return shown(rows, self._words.of(rows), PrototypeMarkRows(self._db).all())

    @cached_property
    def runs(self) -> CycleRuns:
        """Runs of cycles: all that waits learned in one, and what each came to."""
        return CycleRuns(self._db, self._log, self.run)

    @cached_property
    def map(self) -> Cartography:
        """Where the prototypes lie on a plane: ``read`` at once, ``fit`` as a job."""
        return Cartography(self._db, self._log, self.prototypes)

    def chosen(self, ids: Sequence[int]) -> list[Prototype]:
        """These prototypes, in that order. Raises ``NotFound`` for one that is not there."""
        prototypes = {prototype.id: prototype for prototype in self.prototypes()}
        for key in ids:
            if key not in prototypes:
                raise NotFound(f"{self._db.path}: there is no topic {key}.")
        return [prototypes[key] for key in ids]

    def members(self, prototype_id: int) -> list[Member]:
        """The memories of a prototype, heaviest first: the first ones are its exemplars."""
        with self._db.reading():
            return self._prototypes.members([prototype_id])

    def of_episode(self, episode_id: int) -> list[Member]:
        """The prototypes' links to an episode's memories, in their order."""
        with self._db.reading():
            return self._prototypes.of_episode(episode_id)

    def holding(self, episode_id: int) -> list[Holding]:
        """The prototypes that hold memories of an episode; those that explain most come first."""
        with self._db.reading():
            links = self._prototypes.of_episode(episode_id)
            return holdings(self.prototypes(), links) if links else []

    def of_private(self) -> list[Prototype]:
        """The prototypes that hold memories of what is private: older than the rule.

        Rules hide, they do not unlearn. ``forget`` does: what else these held waits for a cycle
        again, and what is private does not. Raises ``BadQuery`` where the rules say nothing.
        """
        with self._db.reading():
            private = self._prototypes.holding(VisibleRows(self._db).private())
            return self.chosen(private) if private else []

    def merging(self, ids: Sequence[int]) -> Merging:
        """What ``merge`` would come to. Raises ``NotFound``, ``BadQuery`` for fewer than two."""
        with self._db.reading():
            return shaping.merging(read_base(self._db), ids)

    def merge(self, ids: Sequence[int]) -> CycleReport:
        """Make one prototype of several: in the history, and undone, like a cycle."""
        return self._shaped("merge prototypes", shaping.merged, ids)

    def forget(self, ids: Sequence[int]) -> CycleReport:
        """Take prototypes away; memories that no other one holds wait for a cycle again."""
        return self._shaped("forget prototypes", shaping.forgotten, ids)

    def set_pinned(self, ids: Sequence[int], pinned: bool) -> Edit:
        """Hold prototypes firmer, or as firmly as before; ``Memory.marks.undo`` undoes the edit."""
        with self._db.writing():
            return PrototypeMarks(self._db, self._log).set_pinned(ids, pinned)

    def rename(self, prototype_id: int, name: str) -> Edit:
        """Name a prototype (``""``: by its topic again); ``Memory.marks.undo`` undoes the edit.

        Raises ``BadQuery`` where another one goes by that name.
        """
        refuse_taken(self.prototypes(), prototype_id, name)
        with self._db.writing():
            return PrototypeMarks(self._db, self._log).rename(prototype_id, name)

    def _shaped(
        self,
        action: str,
        shape: Callable[[Base, Sequence[int], str], CycleDraft],
        ids: Sequence[int],
    ) -> CycleReport:
        with turn(self._lock(), self._db.path):
            with self._db.reading():
                base = read_base(self._db)
            return self._publish(base, shape(base, ids, self._log.actor), action)

    def _concluded(
        self,
        limit: int,
        trigger: Trigger,
        job: Job,
        bound: float,
        rule: LearningRule,
        within: int | None = None,
    ) -> tuple[Base, CycleDraft]:
        started = time.monotonic()
        with self._db.reading():
            base = read_base(self._db)
            forgotten = self._cycles.forgotten_in(within)
        cycle = self._under_way
        state = (base.head, base.encoder, base.pinned)
        if cycle is None or (
            (cycle.base.head, cycle.base.encoder, cycle.base.pinned),
            cycle.limit,
            cycle.rule,
        ) != (state, limit, rule):
            cycle = self._under_way = Cycle(self._db, self._log, base, limit, rule)
        cycle.run(job)
        draft = CycleConclusion(self._db, self._steps, cycle).draft(
            self._log.actor if trigger is Trigger.PERSON else SCHEDULER,
            trigger,
            bound,
            job,
            forgotten,
        )
        self._under_way = None
        report = structs.replace(draft.report, seconds=time.monotonic() - started)
        return base, draft._replace(report=report)

    def _refuse(self, draft: CycleDraft) -> CycleReport:
        report = draft.report
        with self._db.writing():
            self._cycles.refuse(report)
            self._log.append(
                "refuse consolidation",
                "prototypes",
                detail={
                    "trigger": report.trigger.value,
                    "memories": report.memories,
                    "reason": report.refused,
                },
                actor=report.actor,
            )
        return report

    def _publish(
        self,
        base: Base,
        draft: CycleDraft,
        action: str = "consolidate",
        within: int | None = None,
    ) -> CycleReport:
        with self._db.writing():
            run = within if self._cycles.goes_on(within) else base.cycle_id
            report = structs.replace(draft.report, id=base.cycle_id, run=run)
            encoder = VectorRows(self._db).current(VectorKind.STEP)
            if (self._cycles.head(), encoder) != (base.head, base.encoder):
                raise CannotWrite(
                    f"{self._db.path}: another program learned, or prepared the store for recall"
                    " anew, since this began. Nothing was changed; run it again."
                )
            undo = self._prototypes.apply(draft.change)
            unlearn_others(self._db, self._log, draft.change.settled)
            self._cycles.add(report, draft.scores, undo)
            self._log.append(
                action,
                f"cycle:{report.id}",
                before=undo.digest(),
                after=draft.change.digest(),
                detail={
                    "trigger": report.trigger.value,
                    "memories": report.memories,
                    "replayed": len(report.replayed),
                    "born": len(report.born),
                    "merged": len(report.merged),
                    "retired": len(report.retired),
                },
                actor=report.actor,
            )
        return report

    def _lock(self) -> Path:
        return index_folder(self._db).parent.parent / "turns" / index_folder(self._db).name
