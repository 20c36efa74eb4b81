"""The episodes that shipped networks of compression learn from, with their patches hidden."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hpm_engine.errors import NotFound
from hpm_engine.evaluation.compression.facts import Case, cases_of
from hpm_engine.evaluation.recall.transfer_tasks import solved_in
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory

TRACES = "mini-swe-agent-gemini3pro/trajs.tar.xz"


@contextmanager
def training_cases(data: Path, job: Job) -> Iterator[tuple[Memory, Iterator[Case]]]:
    """Mini-SWE-agent's traces (MIT) under ``data`` in a store of their own, and its cases.

    Raises:
        NotFound: the traces are not there.
        Cancelled: the job was cancelled.
    """
    source = data / TRACES
    if not source.exists():
        raise NotFound(f"These networks learn from {TRACES}: give the folder that holds it.")
    with (
        tempfile.TemporaryDirectory(prefix="hpm-train-") as folder,
        open_memory(Path(folder) / "train.hpm", create=True, actor="train") as memory,
    ):
        memory.import_paths([source], job=job)
        yield memory, cases_of(memory, solved_in(memory), hide_patch=True)
