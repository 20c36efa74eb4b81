"""The job that brings a store's first topics."""

from __future__ import annotations

from app.kit.engine_thread import Task
from app.kit.formatting import counted
from app.kit.job_kind import JobKind
from app.kit.session import Session
from hpm_engine import CYCLE_MEMORIES, Job, Memory, RunReport


def learn(session: Session) -> Task:
    """Learn all that waits, in one run that is undone as a whole; stopped, it keeps what it did."""

    def call(memory: Memory, job: Job) -> RunReport:
        return memory.consolidation.runs.learn(CYCLE_MEMORIES.value, job)

    return session.write(call, "Learn", JobKind.CYCLE, _learned, piecewise=RunReport.CHANGES)


def _learned(title: str, report: RunReport, took: str) -> str:
    memories = counted(report.memories, "memory", "memories")
    return f"{title}: {memories} learned, {counted(len(report.born), 'topic')}, {took}."
