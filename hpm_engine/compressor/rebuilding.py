"""Rebuilds an episode's steps from the stored values of a few, and says which were found again."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.evidence.identifiers import Counts, Floats
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.packing.container import MemoryContents
from hpm_engine.compressor.packing.step_values import packed_values, unpacked_values
from hpm_engine.compressor.scorers import decision_net
from hpm_engine.compressor.scorers.decision_input import best_steps
from hpm_engine.compressor.scorers.mask_input import vectors_of
from hpm_engine.compressor.scorers.mask_net import Weights
from hpm_engine.compressor.scorers.shipped_decoder import shipped_decoder
from hpm_engine.job import Job
from hpm_engine.values.compression import CompressedEpisode, NotRebuilt, RebuiltSteps

_SAME = 1e-5  # of cosine: steps with the same texts cannot be told apart
_AT_ONCE = 256  # steps that are compared with all others


class FoundAgain(msgspec.Struct, frozen=True):
    """Of each step asked for: how near it came, and which step came nearest; parallel."""

    cosines: Floats  # of the rebuilt vector with the true one
    nearest: Counts  # itself, where it is among the nearest


def values_of(weights: Weights, vectors: Floats) -> bytes:
    """What is stored of some steps' vectors ``(n, 512)``."""
    return packed_values(decision_net.values(weights, vectors))


def with_values(kept: MemoryContents, evidence: Evidence, mask: Floats) -> MemoryContents:
    """The memory with the values of the mask's best ⌈T/12⌉ steps: C_S of the paper."""
    best = best_steps(mask)
    values = values_of(shipped_decoder(), vectors_of(evidence)[best])
    return msgspec.structs.replace(kept, valued=tuple(best.tolist()), values=values)


def rebuilt_steps(
    kept: CompressedEpisode, evidence: Evidence, job: Job
) -> RebuiltSteps | NotRebuilt:
    """What the stored values rebuild of the episode that they are of, or why nothing.

    Raises ``ValueError`` for damage, ``Cancelled``.
    """
    if not kept.valued:
        return NotRebuilt.NO_VALUES
    if kept.steps != evidence.trajectory.length:
        return NotRebuilt.CHANGED
    every, vectors = np.arange(kept.steps), vectors_of(evidence)
    valued = np.array(kept.valued, np.int64)
    found_again = find_again(shipped_decoder(), valued, kept.values, vectors, every, job)
    cosines, nearest = tuple(found_again.cosines.tolist()), tuple(found_again.nearest.tolist())
    return RebuiltSteps(kept.episode_id, kept.valued, cosines, nearest)


def find_again(
    weights: Weights,
    kept: Counts,
    stored: bytes,
    vectors: Floats,
    asked: Counts,
    job: Job | None = None,
) -> FoundAgain:
    """Rebuild the steps ``asked`` for and look which steps they are most like.

    They are made from ``kept`` and ``stored`` alone; the true ``vectors`` ``(T, 512)`` are what
    they are judged by. Raises ``ValueError`` for damaged values, ``Cancelled``.
    """
    held = unpacked_values(stored)
    true = _unit(vectors - weights["centre"])
    cosines, nearest = [np.zeros(0, np.float32)], [np.zeros(0, np.int64)]
    for start in range(0, len(asked), _AT_ONCE):
        if job is not None:
            job.step(start, len(asked), "rebuilding", "steps")
        some = asked[start : start + _AT_ONCE]
        rebuilt = _unit(decision_net.decoded(weights, some, kept, held, len(vectors)))
        alike = rebuilt @ true.T
        own = alike[np.arange(len(some)), some]
        cosines.append(own)
        nearest.append(np.where(own >= alike.max(axis=1) - _SAME, some, alike.argmax(axis=1)))
    return FoundAgain(np.concatenate(cosines), np.concatenate(nearest))


def hits(found_again: FoundAgain, asked: Counts) -> NDArray[np.bool_]:
    """Whether each step is the one that its rebuilt vector is nearest to (hit@1)."""
    same: NDArray[np.bool_] = found_again.nearest == asked
    return same


def _unit(vectors: Floats) -> Floats:
    units: Floats = vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))
    return units
