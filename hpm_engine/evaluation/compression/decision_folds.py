"""Masks and decoders that are trained without the repositories that they are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hpm_engine.compressor.scorers.mask_net import Weights
from hpm_engine.evaluation.compression import decisions, paper_mask
from hpm_engine.evaluation.compression.decisions import DecisionCase, asked, decision_cases
from hpm_engine.evaluation.compression.facts import Case
from hpm_engine.evaluation.recall.repository_folds import FOLDS, fold_of
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.memory import Memory

if TYPE_CHECKING:
    from hpm_engine.compressor.training.decision_training import Mode


class DecisionFolds:
    """The decision points of cases that were made with their patch hidden.

    ``weights`` has the mask and the decoder of each fold, which saw none of its repositories.
    """

    def __init__(self, memory: Memory, cases: Iterable[Case], report: Report) -> None:
        from hpm_engine.compressor.training.decision_training import (
            Mode,  # torch: only for who trains
        )

        self._cases = list(decision_cases(memory, cases))
        report("training decision masks and decoders")
        self.weights = _trained(self._cases, Mode.BUDGET)
        report("training the paper's mask, by its penalty")
        paper = [paper_mask.as_the_paper_has_it(case) for case in self._cases]
        self._penalty = _trained(paper, Mode.PENALTY)

    def figures(self) -> dict[str, Figure]:
        """The points that masks cover and decoders find again, beside every rule."""
        chosen = [case for case in self._cases if asked(case)]
        folds = [fold_of(case.project) for case in chosen]
        budgeted = decisions.figures(chosen, [self.weights[fold] for fold in folds])
        return budgeted | paper_mask.figures(chosen, [self._penalty[fold] for fold in folds])


def _trained(cases: Sequence[DecisionCase], mode: Mode) -> list[Weights]:
    """The weights of each fold."""
    from hpm_engine.compressor.training.decision_training import train_decisions

    return [
        train_decisions([case.lesson for case in cases if fold_of(case.project) != fold], mode=mode)
        for fold in range(FOLDS)
    ]
