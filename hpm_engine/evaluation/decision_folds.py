"""Trains mask and decoder without the repositories that they are asked about, and asks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hpm_engine.compressor.mask_net import Weights
from hpm_engine.evaluation import decisions, paper_mask
from hpm_engine.evaluation.compression_facts import Case
from hpm_engine.evaluation.decisions import DecisionCase, asked, decision_cases
from hpm_engine.evaluation.repository_folds import FOLDS, fold_of
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.memory import Memory

if TYPE_CHECKING:
    from hpm_engine.compressor.decision_training import Mode


def decision_figures(memory: Memory, cases: Sequence[Case], report: Report) -> dict[str, Figure]:
    """The decision points' figures of cases that were made with their patch hidden."""
    from hpm_engine.compressor.decision_training import Mode  # torch: only for those who train

    found = list(decision_cases(memory, cases))
    paper = [paper_mask.as_the_paper_has_it(case) for case in found]
    chosen = [case for case in found if asked(case)]
    report("training decision masks and decoders")
    budget = _weights(found, chosen, Mode.BUDGET)
    report("training the paper's mask, by its penalty")
    penalty = _weights(paper, chosen, Mode.PENALTY)
    return decisions.figures(chosen, budget) | paper_mask.figures(chosen, penalty)


def _weights(
    cases: Sequence[DecisionCase], chosen: Sequence[DecisionCase], mode: Mode
) -> list[Weights]:
    """For each chosen case the weights of the fold that did not see its repository."""
    from hpm_engine.compressor.decision_training import train_decisions

    folds = [
        train_decisions([one.lesson for one in cases if fold_of(one.project) != fold], mode=mode)
        for fold in range(FOLDS)
    ]
    return [folds[fold_of(case.project)] for case in chosen]
