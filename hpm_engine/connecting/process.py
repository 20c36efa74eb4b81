"""A program that is started, heard to its end, and ended with the work that waits for it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from hpm_engine.errors import Cancelled
from hpm_engine.job import Job

LOOK_S = 0.1  # how often it is asked whether anybody still waits


class EndedProcess(msgspec.Struct, frozen=True):
    """What a program printed, and the status that it ended with."""

    status: int
    output: bytes
    errors: bytes


def run_process(
    words: Sequence[str],
    job: Job,
    given: bytes = b"",
    *,
    seconds: float,
    folder: Path | None = None,
) -> EndedProcess:
    """Run a program to its end, or end it: after ``seconds``, or where the job is cancelled.

    Raises ``OSError`` where it cannot be started or takes longer, and ``Cancelled``.
    """
    import subprocess  # no part of opening a window

    limit = time.monotonic() + seconds
    with subprocess.Popen(
        words,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        to_send: bytes | None = given
        try:
            while True:
                if job.cancelled:
                    raise Cancelled
                with suppress(subprocess.TimeoutExpired):
                    output, errors = process.communicate(to_send, timeout=LOOK_S)
                    return EndedProcess(process.returncode, output, errors)
                to_send = None  # it has it
                if time.monotonic() > limit:
                    raise TimeoutError(f"no end after {seconds:.0f} s")
        finally:
            if process.poll() is None:
                process.kill()
