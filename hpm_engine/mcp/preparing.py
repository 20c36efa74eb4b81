"""What is new in the store made ready for recall, as far as an agent can wait for it."""

from __future__ import annotations

import threading
import time

from hpm_engine.errors import Cancelled, CannotOpen, CannotWrite
from hpm_engine.job import Job
from hpm_engine.memory import Memory

_LONGEST = 1.0  # seconds of a call
_REST = 60.0  # seconds without a try, after one that led to nothing


class Preparing:
    """Prepares a store between calls; what it leaves undone, recall's notes say."""

    def __init__(self) -> None:
        self._not_before = 0.0

    def run(self, memory: Memory, job: Job) -> None:
        """Index what recall cannot find yet, for a second at most; each batch that was done stays.

        Raises ``Cancelled`` only if the call itself was.
        """
        if memory.read_only or time.monotonic() < self._not_before:
            return
        before = memory.recall.unprepared()
        if not before:
            return
        limited = Job(lambda at: job.step(at.done, at.total, at.note, at.unit), 0.0)
        stop = threading.Timer(_LONGEST, _stop, (limited, memory))
        stop.daemon = True
        stop.start()
        try:
            memory.recall.prepare(limited)
        except (Cancelled, CannotOpen, CannotWrite):
            job.step(0)
        finally:
            stop.cancel()
            stop.join()
        if memory.recall.unprepared() >= before:
            self._not_before = time.monotonic() + _REST


def _stop(job: Job, memory: Memory) -> None:
    job.cancel()
    memory.interrupt()
