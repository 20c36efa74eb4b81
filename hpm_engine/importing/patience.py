"""A patient wait for another program's long write, such as the import of a large file."""

from __future__ import annotations

import time
from contextlib import ExitStack

from hpm_engine.errors import StoreBusy
from hpm_engine.job import Job
from hpm_engine.store.file.database import Beside, Database

_SECONDS = 600.0  # of waiting at most


def begin_patiently(
    stack: ExitStack, database: Database, beside: Beside, job: Job, done: int
) -> None:
    """Begin a transaction that ends with ``stack``. Raises ``Cancelled``; ``StoreBusy`` at last."""
    until = time.monotonic() + _SECONDS
    while True:
        try:
            stack.enter_context(database.writing(beside))
        except StoreBusy:
            if time.monotonic() >= until:
                raise
            job.step(done, note="waiting for another program's write", unit="files")
        else:
            return
