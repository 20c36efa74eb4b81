"""Cycles as jobs: run one, preview it, accept that, undo the last ones."""

from __future__ import annotations

import msgspec

from app.kit.engine_thread import Task
from app.kit.session import Session
from hpm_engine import Changed, CycleReport, Job, Memory, Trigger

_CHANGED = Changed.PROTOTYPES | Changed.EPISODES | Changed.AUDIT
TITLE, PREVIEW, ACCEPT, UNDO = (
    "Consolidate",
    "Preview a cycle",
    "Accept the preview",
    "Undo a cycle",
)


class Cycled(msgspec.Struct, frozen=True):
    """What a cycle did, or its undoing; ``None`` where an agent that woke up stopped it."""

    report: CycleReport | None
    undone: int = 0  # cycles
    changed: Changed = _CHANGED


class Previewed(msgspec.Struct, frozen=True):
    """What a cycle would do; ``accept`` publishes it where the writer made it."""

    report: CycleReport
    acceptable: bool


def run(session: Session, memories: int) -> Task:
    """One cycle, which can be stopped at any moment and then has changed nothing."""

    def call(memory: Memory, job: Job) -> Cycled:
        return Cycled(memory.consolidation.run(memories, Trigger.PERSON, job))

    return session.write(call, TITLE)


def preview(session: Session, memories: int) -> Task:
    """What a cycle would do. A store that cannot be written is asked by a reader."""
    writable = session.writable

    def call(memory: Memory, job: Job) -> Previewed:
        report = memory.consolidation.preview(memories, job)
        return Previewed(report, writable and not report.refused and bool(report.memories))

    return session.write(call, PREVIEW) if writable else session.read(call, PREVIEW)


def accept(session: Session) -> Task:
    """Publish what was previewed last."""

    def call(memory: Memory, _job: Job) -> Cycled:
        return Cycled(memory.consolidation.accept())

    return session.write(call, ACCEPT)


def agree(session: Session) -> Task:
    """Take what was forgotten so far as agreed to: the bound counts from here."""

    def call(memory: Memory, _job: Job) -> Changed:
        return memory.consolidation.agree()

    return session.edit(call, "Agree to what was forgotten")


def undo(session: Session, down_to: int) -> Task:
    """Undo the runs from the last that stands down to one, each in a transaction of its own."""

    def call(memory: Memory, job: Job) -> Cycled:
        undone = 0
        while True:
            report = memory.consolidation.undo()
            first = report.run or report.id or 0
            undone += (report.id or 0) - first + 1
            if first <= down_to:
                return Cycled(report, undone)
            job.step(undone)

    return session.write(call, UNDO, piecewise=_CHANGED)
