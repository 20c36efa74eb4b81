"""Bringing what searches and recall look in up to date: words first, then meanings."""

from __future__ import annotations

from app.kit.engine_thread import Task
from app.kit.formatting import counted, number
from app.kit.job_kind import JobKind
from app.kit.session import Session
from hpm_engine import EncodeReport, Job, Memory, Prepared, ReindexReport

TITLE = "Prepare for recall"
SEARCH_TITLE = "Index for searches"


def index_again(session: Session) -> Task:
    """Index again for searches what an earlier version indexed, as a job; what is done stays."""
    return session.write(
        _index_again,
        SEARCH_TITLE,
        JobKind.INDEX_SEARCHES,
        _indexed_again,
        piecewise=ReindexReport.CHANGES,
    )


def _index_again(memory: Memory, job: Job) -> ReindexReport:
    return memory.reindexing.run(job)


def _indexed_again(title: str, report: ReindexReport, took: str) -> str:
    return f"{title}: {counted(report.steps, 'step')} indexed again, {took}."


def index(session: Session) -> Task:
    """Index for recall what is not indexed yet, as a job; does only what is missing."""
    piecewise = Prepared.CHANGES | EncodeReport.CHANGES
    return session.write(_index, TITLE, JobKind.INDEX, _indexed, piecewise=piecewise)


def _index(memory: Memory, job: Job) -> tuple[Prepared, EncodeReport]:
    return memory.recall.prepare(job), memory.encode(job)


def _indexed(title: str, reports: tuple[Prepared, EncodeReport], took: str) -> str:
    prepared, encoded = reports
    done = f"{counted(prepared.episodes, 'episode')} made findable by words"
    return f"{title}: {done}, {number(encoded.episodes)} by meaning, {took}."
