"""The mask networks that together are the learned scorer."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.compressor.scorers.learned import NETWORKS, Network
from hpm_engine.compressor.training.lessons import Lesson
from hpm_engine.job import Job


def networks(lessons: Sequence[Lesson], job: Job | None = None) -> tuple[Network, ...]:
    """The networks trained on these lessons, in the order of ``NETWORKS``."""
    from hpm_engine.compressor.training.mask_training import (
        train,  # torch: only for those who train
    )

    return tuple(
        Network(train(lessons, seed, steps=steps, blind=blind, job=job), blind)
        for seed, blind, steps in NETWORKS
    )
