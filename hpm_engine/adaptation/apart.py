"""Runs the tuning of a model in a process of its own, which is ended when the job is."""

from __future__ import annotations

import logging
import os
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from hpm_engine.adaptation.messages import Failed, UnderWay, message_of
from hpm_engine.adaptation.tuned import Tuned
from hpm_engine.errors import WorkerDied
from hpm_engine.job import Job, Progress
from hpm_engine.store.file.seal import Seal, seal_of
from hpm_engine.system.own_process import run_module, safe_folder
from hpm_engine.values.adaptation import Model

_LOG = logging.getLogger(__name__)
_LOOK = 0.05  # seconds: how soon a request to stop, or short work of this thread, is seen


def tuned_apart(model: Model, store: Path, job: Job) -> Tuned:
    """What tuning a model on a store gives; the store is read by the other process alone.

    Raises:
        Cancelled: the job was cancelled; the process is gone.
        WorkerDied: the process ended before its time, for lack of memory for example.
        HPMError: whatever the process raised.
    """
    lines: SimpleQueue[bytes] = SimpleQueue()
    with tempfile.TemporaryFile() as errors, _started(model, store, errors) as process:
        _give_key(process, seal_of(store, store))
        _LOG.info("process %d tunes: %s", process.pid, model)
        reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
        reader.start()
        try:
            return _followed(process, lines, errors, job)
        finally:
            process.kill()
            reader.join()  # at the end of what it reads, before that is closed
            _LOG.info("process %d that tunes is ended", process.pid)


def _started(model: Model, store: Path, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        run_module("hpm_engine.adaptation.worker", model.value, str(store.resolve())),
        cwd=safe_folder(),
        stdin=subprocess.PIPE,  # for the key; its end tells the process that this one ended
        stdout=subprocess.PIPE,
        stderr=errors,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        start_new_session=os.name == "posix",  # Ctrl+C is for this process to answer
    )


def _give_key(process: subprocess.Popen[bytes], seal: Seal | None) -> None:
    """Hand over what opens the store: a line that no list of processes shows."""
    assert process.stdin is not None
    line = b"" if seal is None else b" ".join((seal.salt.hex().encode(), seal.key.hex().encode()))
    with suppress(BrokenPipeError):  # it has ended: that is seen soon
        process.stdin.write(line + b"\n")
        process.stdin.flush()


def _followed(
    process: subprocess.Popen[bytes], lines: SimpleQueue[bytes], errors: IO[bytes], job: Job
) -> Tuned:
    progress = Progress(0, None, "starting")
    while True:
        job.step(progress.done, progress.total, progress.note, progress.unit)
        job.give_way()
        try:
            line = lines.get(timeout=_LOOK)
        except Empty:
            continue
        if not line:
            status = process.wait()
            _LOG.info("process %d that tunes broke off with status %d", process.pid, status)
            raise _death(status, errors)
        message = message_of(line)
        if isinstance(message, Failed):
            raise message.raised()
        if isinstance(message, UnderWay):
            progress = message.progress
        else:
            return message


def _read(process: subprocess.Popen[bytes], lines: SimpleQueue[bytes]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(b"")


def _death(status: int, errors: IO[bytes]) -> Exception:
    errors.seek(0)
    said = errors.read().decode(errors="replace").strip()
    if "Traceback" in said and "MemoryError" not in said:
        return RuntimeError(f"fine-tuning failed:\n{said}")  # a bug, to be reported
    last = said.splitlines()[-1] if said else f"status {status}"
    return WorkerDied(
        f"The process that fine-tunes ended before it was done ({last}), probably because memory "
        "ran out. Nothing was changed; close other programs and try again."
    )
