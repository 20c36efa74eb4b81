"""Bringing what searches and recall look in up to date: words first, then meanings."""

from __future__ import annotations

import msgspec

from app.kit.engine_thread import Task
from app.kit.session import Session
from hpm_engine import Changed, EncodeReport, Job, Memory, Prepared

TITLE = "Index for recall"
SEARCH_TITLE = "Index for searches"


class Indexed(msgspec.Struct, frozen=True):
    """What indexing did."""

    prepared: Prepared
    encoded: EncodeReport
    changed: Changed = Changed.RECALLS | Changed.AUDIT


class IndexedAgain(msgspec.Struct, frozen=True):
    """How many steps were indexed again for searches."""

    steps: int
    changed: Changed = Changed.RECALLS | Changed.AUDIT


def index_again(session: Session) -> Task:
    """Index again for searches what an earlier version indexed, as a job; what is done stays."""
    return session.write(_index_again, SEARCH_TITLE, piecewise=Changed.RECALLS | Changed.AUDIT)


def _index_again(memory: Memory, job: Job) -> IndexedAgain:
    return IndexedAgain(memory.reindexing.run(job).steps)


def index(session: Session) -> Task:
    """Index for recall what is not indexed yet, as a job; does only what is missing."""
    return session.write(_index, TITLE, piecewise=Changed.RECALLS | Changed.AUDIT)


def _index(memory: Memory, job: Job) -> Indexed:
    return Indexed(memory.prepare_recall(job), memory.encode(job))
