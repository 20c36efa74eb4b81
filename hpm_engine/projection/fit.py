"""Starts the fit in its process, waits for it, and ends it when the job is cancelled."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hpm_engine.errors import CannotWrite
from hpm_engine.index.cache import needed
from hpm_engine.job import Job
from hpm_engine.projection.quick import Rows
from hpm_engine.system.own_process import run_module, safe_folder

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
        cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hpm-map-") as folder:
        question, answer = Path(folder) / "question", Path(folder) / "answer"
        question.write_bytes(buffer.getvalue())
        said = _run(question, answer, cache, job)
        try:
            positions = np.load(answer, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise CannotWrite(f"The map could not be laid out: {said}") from error
    if positions.shape != (len(rows) + len(rest), 2) or not np.isfinite(positions).all():
        raise CannotWrite(f"The map could not be laid out: {said}")
    return positions[: len(rows)], positions[len(rows) :]


def _run(question: Path, answer: Path, cache: Path, job: Job) -> str:
    """Run the worker to its end; the last line that it said."""
    variables = os.environ | {"NUMBA_CACHE_DIR": str(cache.absolute()), "OMP_NUM_THREADS": "1"}
    errors = question.with_name("errors")
    with question.open("rb") as stdin, answer.open("wb") as stdout, errors.open("wb") as stderr:
        process = subprocess.Popen(
            run_module("hpm_engine.projection.worker"),
            cwd=safe_folder(),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=variables,
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
        _LOG.info("process %d lays out the map", process.pid)
        try:
            _wait(process, job)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            _LOG.info("process %d of the map ended with status %d", process.pid, process.wait())
    lines = errors.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"its process ended with status {process.returncode}"


def _wait(process: subprocess.Popen[bytes], job: Job) -> None:
    until = time.monotonic() + _LONGEST_S
    while process.poll() is None and time.monotonic() < until:
        job.step(0, None, "laying out the map")
        time.sleep(_LOOK_S)
