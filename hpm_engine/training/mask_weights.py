"""The recipe of the shipped mask networks, from the one set of traces that they learn from."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.compressor.scorers.shipped_mask import packed_networks
from hpm_engine.compressor.training.lessons import (
    LabelledEpisode,
    LessonInput,
    given_of,
    lessons_of,
    needs_of,
)
from hpm_engine.compressor.training.mask_networks import networks
from hpm_engine.evaluation.phi.training_cases import training_cases
from hpm_engine.job import Job


def trained_mask(data: Path, job: Job) -> bytes:
    """The safetensors file of networks trained on mini-SWE-agent's traces (MIT) under ``data``.

    They do not see the final patch, which they must foretell. Takes about two minutes on one core,
    and 1 GB of memory.

    Raises:
        NotFound: the traces are not there.
        Cancelled: the job was cancelled.
    """
    episodes: list[LabelledEpisode] = []
    given: list[LessonInput] = []
    with training_cases(data, job) as (_, cases):
        for case in cases:
            episodes.append(case.labels)
            given.append(given_of(case.evidence))
    return packed_networks(networks(lessons_of(episodes, given, needs_of(episodes)), job))
