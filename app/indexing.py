"""Bringing what recall searches up to date: words first, then meanings."""

from __future__ import annotations

import msgspec

from app.engine_thread import Task
from app.session import Session
from hpm_engine import Changed, EncodeReport, Job, Memory, Prepared

TITLE = "Index for recall"


class Indexed(msgspec.Struct, frozen=True):
    """What indexing did."""

    prepared: Prepared
    encoded: EncodeReport
    changed: Changed = Changed.RECALLS | Changed.AUDIT


def index(session: Session) -> Task:
    """Index for recall what is not indexed yet, as a job; does only what is missing."""
    return session.write(_index, TITLE, piecewise=Changed.RECALLS | Changed.AUDIT)


def _index(memory: Memory, job: Job) -> Indexed:
    return Indexed(memory.prepare_recall(job), memory.encode(job))
