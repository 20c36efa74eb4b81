"""Cycles as jobs: run one, preview it, accept that, undo the last ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.ageing.jobs import WOKEN
from app.kit.engine_thread import Task
from app.kit.formatting import counted
from app.kit.job_kind import JobKind
from app.kit.session import Session
from hpm_engine import (
    Changed,
    CyclePreview,
    CycleReport,
    CycleRun,
    Job,
    Keeper,
    Memory,
    RunReport,
    Trigger,
)

_NOTHING = "there is nothing to learn"


def run(session: Session, memories: int) -> Task:
    """Run one cycle; it can be stopped at any moment, and then has changed nothing."""
    return _run(
        session, lambda memory, job: memory.consolidation.run(memories, Trigger.PERSON, job)
    )


def learn_all(session: Session, memories: int) -> Task:
    """Learn all that waits, in cycles of so many; stopped, it keeps what it learned by then."""

    def call(memory: Memory, job: Job) -> RunReport:
        return memory.consolidation.runs.learn(memories, job)

    return session.write(call, "Learn all", JobKind.CYCLE, learned_all, piecewise=RunReport.CHANGES)


def learned_all(title: str, report: RunReport, took: str) -> str:
    """What a run came to, in words."""
    if not report.cycles:
        return f"{title}: {_blocked(report.refused)}, {took}." if report.refused else _idle(title)
    learned = counted(report.memories, "memory", "memories")
    ended = "; stopped, which keeps them" if report.stopped else ""
    blocked = f"; then {_blocked(report.refused)}" if report.refused else ""
    topics = counted(len(report.born), "new topic")
    return f"{title}: {learned} learned, {topics}{ended}{blocked}, {took}."


def run_by_schedule(session: Session, keeper: Keeper, trigger: Trigger) -> Task:
    """Run one cycle that is due; its result is ``None`` if an agent that woke up stopped it."""
    return _run(session, lambda memory, job: keeper.run(memory, trigger, job))


def _run(session: Session, call: Callable[[Memory, Job], CycleReport | None]) -> Task:
    return session.write(call, "Learn", JobKind.CYCLE, cycled)


def cycled(title: str, report: CycleReport | None, took: str) -> str:
    """What a cycle did, in words."""
    return f"{title}: {WOKEN if report is None else _learned(report)}, {took}."


def preview(session: Session, memories: int) -> Task:
    """Preview a cycle; a reader does so for a store that cannot be written."""

    def call(memory: Memory, job: Job) -> CyclePreview:
        return memory.consolidation.preview(memories, job)

    ask = session.write if session.writable else session.read
    return ask(call, "Preview", JobKind.PREVIEW_CYCLE, _previewed)


def _previewed(title: str, report: CyclePreview, took: str) -> str:
    return f"{title}: {_learned(report)}, {took}. Nothing was written."


def accept(session: Session) -> Task:
    """Publish what was previewed last."""

    def call(memory: Memory, _job: Job) -> CycleReport:
        return memory.consolidation.accept()

    return session.write(call, "Apply the preview", JobKind.ACCEPT_PREVIEW, cycled)


def agree(session: Session) -> Task:
    """Accept what was forgotten so far: the bound counts from here."""

    def call(memory: Memory, _job: Job) -> Changed:
        return memory.consolidation.agree()

    return session.edit(call, "Accept what was forgotten")


def undo(session: Session, down_to: int) -> Task:
    """Undo runs of cycles from the last one down to another, each in its own transaction."""

    def call(memory: Memory, job: Job) -> tuple[CycleReport, ...]:
        reports: list[CycleReport] = []
        while not reports or _first(reports[-1]) > down_to:
            job.step(_cycles(reports))
            reports.append(memory.consolidation.undo())
        return tuple(reports)

    return session.write(call, "Undo", JobKind.UNDO_CYCLES, undone, piecewise=CycleReport.CHANGES)


def undone(title: str, reports: Sequence[CycleReport], took: str) -> str:
    """The number of cycles undone; each report is that of a run's last cycle."""
    count = counted(_cycles(reports), "cycle")
    return f"{title}: {count} undone, back to before cycle {_first(reports[-1])}, {took}."


def _cycles(reports: Sequence[CycleReport]) -> int:
    return sum((report.id or 0) - _first(report) + 1 for report in reports)


def _first(report: CycleReport) -> int:
    """The first cycle of a report's run."""
    return report.run or report.id or 0


def _learned(report: CycleReport) -> str:
    if report.refused:
        return _blocked(report.refused)
    if not report.memories:
        return _NOTHING
    learned = counted(report.memories, "memory", "memories")
    return f"{learned} learned, {counted(len(report.born), 'new topic')}"


def _blocked(reason: str) -> str:
    return f"blocked. {reason.rstrip('.')}"


def _idle(title: str) -> str:
    return f"{title}: {_NOTHING}."


def undoable(memory: Memory, _job: Job) -> list[CycleRun]:
    """The runs that can be undone, newest first."""
    return memory.consolidation.undoable()
