"""Starts the fit in its process, waits for it, and ends it when the job is cancelled."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hpm_engine.errors import CannotWrite
from hpm_engine.index.cache import needed
from hpm_engine.job import Job
from hpm_engine.projection.quick import Rows
from hpm_engine.system.own_process import run_module, safe_folder
from hpm_engine.system.private_files import private_folder

_LOG = logging.getLogger(__name__)
_LOOK_S = 0.05
_LONGEST_S = 900.0


def fit(
    rows: Rows,
    start: Rows,
    held: NDArray[np.bool_],
    rest: Rows,
    *,
    first: bool,
    cache: Path,
    job: Job,
) -> tuple[Rows, Rows]:
    """Places (n, 2) of ``rows`` (n, d) and (m, 2) of the ``rest`` (m, d) put among them.

    ``cache`` keeps what UMAP compiled. Raises ``Cancelled`` within a tenth of a second, and
    ``CannotWrite`` where the process failed, with what it said last.
    """
    buffer = io.BytesIO()
    np.savez(buffer, rows=rows, start=start, held=held, rest=rest, first=first)
    with needed(cache, "laying out a map"):
        private_folder(cache)
    answer, said = _run(buffer.getvalue(), cache, job)
    try:
        positions = np.load(io.BytesIO(answer), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise CannotWrite(f"The map could not be laid out: {said}") from error
    if positions.shape != (len(rows) + len(rest), 2) or not np.isfinite(positions).all():
        raise CannotWrite(f"The map could not be laid out: {said}")
    return positions[: len(rows)], positions[len(rows) :]


def _run(question: bytes, cache: Path, job: Job) -> tuple[bytes, str]:
    """Run the worker to its end: its answer, and the last line that it said.

    What it is given are vectors of a store, which have no business in a temporary file.
    """
    variables = os.environ | {"NUMBA_CACHE_DIR": str(cache.absolute()), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        run_module("hpm_engine.projection.worker"),
        cwd=safe_folder(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables,
        umask=0o077,  # for what UMAP compiles; Windows has none
        creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
    )
    _LOG.info("process %d lays out the map", process.pid)
    try:
        answer, errors = _heard(process, question, job)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
        _LOG.info("process %d of the map ended with status %d", process.pid, process.wait())
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    return answer, lines[-1] if lines else f"its process ended with status {process.returncode}"


def _heard(process: subprocess.Popen[bytes], question: bytes, job: Job) -> tuple[bytes, bytes]:
    """Give it the question, and wait for its answer and what it said beside; both may be empty."""
    until = time.monotonic() + _LONGEST_S
    given: bytes | None = question
    while time.monotonic() < until:
        job.step(0, None, "laying out the map")
        try:
            return process.communicate(given, timeout=_LOOK_S)
        except subprocess.TimeoutExpired:
            given = None  # it has been taken, and goes on
    return b"", b"it took too long"
