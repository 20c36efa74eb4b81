"""One episode compressed: what its scorer values most, as much as the budget holds."""

from __future__ import annotations

import msgspec
import numpy as np

from hpm_engine.compressed import Budget, BudgetKind
from hpm_engine.compressor.container import Kept, body_size, head_size, pack
from hpm_engine.compressor.decision_input import best_steps
from hpm_engine.compressor.decision_points import PENALTY
from hpm_engine.compressor.filling import Filler
from hpm_engine.compressor.rebuilding import with_values
from hpm_engine.compressor.scorer import Evidence, Scorer, Scores
from hpm_engine.compressor.step_values import ROW as VALUE_ROW

ROW = 48  # bytes of the row that a compressed memory takes in a store beside its own
_COARSE = 1 / 16  # of a budget may be the mask, or the decision points
_VALUES = 1 / 32  # of it may be the values of the best steps, or there are none


class Compression(msgspec.Struct, frozen=True):
    """What is written of an episode, and against what."""

    kept: Kept
    data: bytes
    mask_bits: int
    raw_size: int
    zstd_size: int | None


def compress(evidence: Evidence, scorer: Scorer, budget: Budget) -> Compression | None:
    """Fill a budget with an episode; ``None`` where the budget holds not even the mask's head.

    ``len(data) + ROW`` times the ratio is at most the episode's bytes, for any number of steps.
    """
    trajectory = evidence.trajectory
    packed = trajectory.zstd_size() if budget.kind is BudgetKind.DEEP else None
    of = trajectory.raw_size if packed is None else packed
    limit = int(of / budget.ratio) - ROW
    scores = scorer.scores(evidence)
    fitted = _head(evidence, scorer, scores, limit)
    if fitted is None:
        return None
    head, bits = fitted
    kept = Filler(evidence, scores, head, bits, limit).fill(scorer.filling, budget.kind)
    return Compression(kept, pack(kept, mask_bits=bits), bits, trajectory.raw_size, packed)


def _head(
    evidence: Evidence, scorer: Scorer, scores: Scores, limit: int
) -> tuple[Kept, int] | None:
    """Mask, decision points and values, as fine as a small part of the budget allows."""
    mask = np.round(np.clip(scores.steps, 0, 1) * 255).astype(np.uint8).tobytes()
    bare = Kept(scorer.name, evidence.trajectory.length, mask, (), 0.0, (), ())
    least = head_size(bare, 0)
    for bits in (8, 4, 2, 1):
        if head_size(bare, bits) - least <= limit * _COARSE:
            break
    else:
        bits = 0
    full = msgspec.structs.replace(bare, points=evidence.points, penalty=PENALTY)
    size = head_size(bare, bits)
    if size + body_size(bare) > limit:
        return None
    fits = head_size(full, bits) - size <= limit * _COARSE
    found = full if fits else bare
    valued = len(best_steps(scores.steps))
    if evidence.actions is None or valued * (VALUE_ROW + 1) > limit * _VALUES:
        return found, bits
    return with_values(found, evidence, scores.steps), bits
