"""Compresses one episode: a budget is filled with what the scorer values most."""

from __future__ import annotations

from functools import cached_property

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.decision_points import PENALTY
from hpm_engine.compressor.evidence.scorer import Evidence, Scorer, Scores
from hpm_engine.compressor.packing.budget_filler import BudgetFiller
from hpm_engine.compressor.packing.container import MemoryContents, body, head
from hpm_engine.compressor.packing.step_values import ROW as VALUE_ROW
from hpm_engine.compressor.rebuilding import with_values
from hpm_engine.compressor.scorers.decision_input import best_steps
from hpm_engine.config import STEP_VALUES_SHARE
from hpm_engine.errors import BadModel
from hpm_engine.values.compression import Budget, BudgetKind, KeptOrder

ROW = 48  # bytes of the row that a compressed memory takes in a store beside its own
_COARSE = 1 / 16  # of a budget may be the mask, or the decision points


class Compression(msgspec.Struct, frozen=True):
    """What is written of an episode, and against what."""

    kept: MemoryContents
    data: bytes
    mask_bits: int
    raw_size: int
    zstd_size: int | None


def compress(evidence: Evidence, scorer: Scorer, budget: Budget) -> Compression | None:
    """Fill one budget with an episode: see ``Compressor.within``."""
    return Compressor(evidence, scorer).within(budget)


class Compressor:
    """One episode by one scorer, for any budget: steps are valued and lines ordered once.

    Raises ``BadModel`` where the scorer gives what is no number.
    """

    def __init__(self, evidence: Evidence, scorer: Scorer) -> None:
        self._evidence, self._scorer = evidence, scorer
        self._scores = _checked(scorer.scores(evidence), scorer.name)
        self._filler = BudgetFiller(evidence, self._scores, scorer.filling)

    def within(self, budget: Budget) -> Compression | None:
        """Fill a budget; ``None`` where it holds not even the mask's head.

        ``len(data) + ROW`` times the ratio is at most the episode's bytes, for any number of steps.
        """
        raw = self._evidence.trajectory.raw_size
        packed = self._zstd_size if budget.kind is BudgetKind.DEEP else None
        limit = int((raw if packed is None else packed) / budget.ratio) - ROW
        fitted = _head(self._evidence, self._scorer, self._scores, limit)
        if fitted is None:
            return None
        bare, bits = fitted
        filled = self._filler.fill(bare, len(head(bare, bits)), limit, budget.kind)
        return Compression(filled.kept, head(filled.kept, bits) + filled.body, bits, raw, packed)

    @cached_property
    def order(self) -> KeptOrder:
        """In which order budgets take the episode's lines; one for all budgets that are shown."""
        return self._filler.kept_order()

    @cached_property
    def _zstd_size(self) -> int:
        return self._evidence.trajectory.zstd_size()


def _checked(scores: Scores, name: str) -> Scores:
    """The scores; raises ``BadModel`` where some are no numbers: nothing is dropped by them."""
    if not (np.isfinite(scores.steps).all() and np.isfinite(scores.words).all()):
        raise BadModel(
            f'The scorer "{name}" gave values that are no numbers; nothing was compressed. '
            "Choose another scorer."
        )
    return scores


def _head(
    evidence: Evidence, scorer: Scorer, scores: Scores, limit: int
) -> tuple[MemoryContents, int] | None:
    """Mask, decision points and values, as fine as a small part of the budget allows."""
    mask = np.round(np.clip(scores.steps, 0, 1) * 255).astype(np.uint8).tobytes()
    bare = MemoryContents(scorer.name, evidence.trajectory.length, mask, (), 0.0, (), ())
    least = len(head(bare, 0))
    for bits in (8, 4, 2, 1):
        if len(head(bare, bits)) - least <= limit * _COARSE:
            break
    else:
        bits = 0
    full = msgspec.structs.replace(bare, points=evidence.points, penalty=PENALTY)
    size = len(head(bare, bits))
    if size + len(body(bare)) > limit:
        return None
    fits = len(head(full, bits)) - size <= limit * _COARSE
    contents = full if fits else bare
    valued = len(best_steps(scores.steps))
    if evidence.actions is None or valued * (VALUE_ROW + 1) > limit * STEP_VALUES_SHARE.value:
        return contents, bits
    return with_values(contents, evidence, scores.steps), bits
