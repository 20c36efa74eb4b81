"""The paper's own mask: λ ‖M‖₁ in place of a budget, change points to rebuild."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.identifiers import Floats
from hpm_engine.compressor.scorers.decision_input import best_steps
from hpm_engine.compressor.scorers.decision_net import mask_logits
from hpm_engine.compressor.scorers.mask_net import Weights
from hpm_engine.evaluation.compression.decisions import DecisionCase, rebuilt
from hpm_engine.evaluation.result import Figure


def as_the_paper_has_it(case: DecisionCase) -> DecisionCase:
    """The case with its change points as the steps to rebuild."""
    points = np.array(case.evidence.points, np.int64)
    lesson = msgspec.structs.replace(case.lesson, points=points)
    return msgspec.structs.replace(case, lesson=lesson)


def paper_mask(weights: Weights, case: DecisionCase) -> Floats:
    """The mask ``(T,)`` in [0, 1] that was trained with the penalty."""
    logits = mask_logits(weights, case.lesson.given)
    mask: Floats = np.reciprocal(np.float32(1) + np.exp(-logits))
    return mask


def figures(cases: Sequence[DecisionCase], weights: Sequence[Weights]) -> dict[str, Figure]:
    """Its mean value, its exact zeros, the ratio that these give, and what its best steps hold."""
    pairs = list(zip(cases, weights, strict=True))
    masks = [paper_mask(fold_weights, case) for case, fold_weights in pairs]
    kept = sum(int(np.count_nonzero(mask)) for mask in masks)
    shares = [
        rebuilt(case, fold_weights, best_steps(mask))
        for (case, fold_weights), mask in zip(pairs, masks, strict=True)
    ]
    return {
        "decision_l1_mean_mask": Figure(float(np.concatenate(masks).mean()), "", reference=1 / 12),
        "decision_l1_exact_zeros": Figure(sum(map(len, masks)) - kept, "values"),
        "decision_l1_ratio": Figure(sum(map(len, masks)) / kept, "times", reference=12.0),
        "decision_l1_coverage": Figure(statistics.fmean(share.coverage for share in shares), ""),
        "decision_l1_hit@1": Figure(statistics.fmean(share.hits for share in shares), ""),
    }
