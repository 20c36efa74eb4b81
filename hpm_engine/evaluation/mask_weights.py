"""Makes the shipped mask networks from the one set of traces that they are trained on."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hpm_engine.compressor.shipped_mask import packed_networks
from hpm_engine.compressor.teaching import (
    Given,
    Told,
    given_of,
    lessons_of,
    needs_of,
    networks,
)
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.compression_facts import cases_of
from hpm_engine.evaluation.transfer_tasks import solved_in
from hpm_engine.job import Job
from hpm_engine.memory import open_memory

TRACES = "mini-swe-agent-gemini3pro/trajs.tar.xz"


def trained_mask(data: Path, job: Job) -> bytes:
    """The safetensors file of networks trained on mini-SWE-agent's traces (MIT) under ``data``.

    The final patch is hidden from what they see, and is what they must foretell. About two
    minutes on one core, and 1 GB of memory.

    Raises:
        NotFound: the traces are not there.
        Cancelled: the job was cancelled.
    """
    source = data / TRACES
    if not source.exists():
        raise NotFound(f"The mask is trained on {TRACES}: give the folder that holds it.")
    with (
        tempfile.TemporaryDirectory(prefix="hpm-train-") as folder,
        open_memory(Path(folder) / "train.hpm", create=True, actor="train") as memory,
    ):
        memory.import_paths([source], job=job)
        told: list[Told] = []
        given: list[Given] = []
        for case in cases_of(memory, solved_in(memory), hide_patch=True):
            told.append(case.told)
            given.append(given_of(case.evidence))
    return packed_networks(networks(lessons_of(told, given, needs_of(told)), job))
