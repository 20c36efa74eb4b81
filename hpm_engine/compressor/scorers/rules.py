"""Scorers that learn nothing: the baselines that every mask must beat, and the first default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.evidence.commands import Does
from hpm_engine.compressor.evidence.scorer import Evidence, Filling, Scores, scaled
from hpm_engine.compressor.scorers.decision_features import role_worth

Worth = NDArray[np.floating[Any]]


class WordRule(msgspec.Struct, frozen=True):
    """Values identifiers; a step is worth the identifiers in it."""

    name: str
    worth: Callable[[Evidence], Worth]
    filling: Filling = Filling.HYBRID

    def scores(self, evidence: Evidence) -> Scores:
        """Scores of identifiers, and of steps by them."""
        words = self.worth(evidence).astype(np.float32)
        return Scores(scaled(evidence.identifiers.by_step(words)), words)


class StepRule(msgspec.Struct, frozen=True):
    """Values steps; an identifier is worth nothing by itself."""

    name: str
    worth: Callable[[Evidence], Worth]
    filling: Filling = Filling.STEPS

    def scores(self, evidence: Evidence) -> Scores:
        """Scores of steps."""
        words = np.zeros(len(evidence.identifiers), np.float32)
        return Scores(scaled(self.worth(evidence).astype(np.float32)), words)


def _count(evidence: Evidence) -> Worth:
    worth: Worth = np.log1p(evidence.identifiers.total()).astype(np.float32)
    return worth


def _needed(evidence: Evidence) -> Worth:
    of = evidence.store.needed
    return np.array([of.get(word, 0) for word in evidence.identifiers.words], np.float32)


def _count_by_need(evidence: Evidence) -> Worth:
    worth: Worth = evidence.identifiers.total() * (1 + _needed(evidence))
    return worth


def _count_by_need_rate(evidence: Evidence) -> Worth:
    rate = _needed(evidence) / max(1, evidence.store.episodes)
    worth: Worth = evidence.identifiers.total() * (1 + 10 * rate)
    return worth


def _used(evidence: Evidence) -> Worth:
    words = evidence.identifiers
    worth: Worth = words.frequency(acted=True) + 0.01 * np.log1p(words.total())
    return worth


def _shown(evidence: Evidence) -> Worth:
    words = evidence.identifiers
    worth: Worth = words.frequency(acted=False) + 0.01 * np.log1p(words.total())
    return worth


def _random(evidence: Evidence) -> Worth:
    # Seeded by the episode's size: the same episode gives the same draw.
    draw = np.random.default_rng(evidence.trajectory.raw_size)
    worth: Worth = draw.random(evidence.trajectory.length, np.float32)
    return worth


def _last(evidence: Evidence) -> Worth:
    return np.arange(1, evidence.trajectory.length + 1, dtype=np.float32)


def _even(evidence: Evidence) -> Worth:
    """Bit-reversed positions: every beginning of the order is spread evenly."""
    length = evidence.trajectory.length
    width = max(1, (length - 1).bit_length())
    turned = [int(format(step, f"0{width}b")[::-1], 2) for step in range(length)]
    return np.array([(1 << width) - value for value in turned], np.float32)


def _central(evidence: Evidence) -> Worth:
    """How many other actions use the identifiers of an action, on average."""
    words = evidence.identifiers
    acted = words.acted == 1
    weights = words.frequency(acted=True)[words.word[acted]]
    sums = np.bincount(words.step[acted], weights, words.length)
    counts = np.bincount(words.step[acted], minlength=words.length)
    worth: Worth = sums / np.maximum(1, counts)
    return worth


def _changes(evidence: Evidence) -> Worth:
    worth = np.zeros(evidence.trajectory.length, np.float32)
    worth[list(evidence.points)] = 1.0
    return worth + _last(evidence) * 1e-6


def _latest_edits(evidence: Evidence) -> Worth:
    edits = np.array([kind is Does.EDIT for kind in evidence.deeds.kinds], np.float32)
    return edits + _last(evidence) / (2 * evidence.trajectory.length)


def _files(evidence: Evidence) -> Worth:
    """The first and the last write of each source file, then its first read; then the latest."""
    worth = _last(evidence) * np.float32(1e-6)
    for file in evidence.roles:
        if file.source and file.writes:
            worth[[file.writes[0], file.writes[-1]]] += 1.0
        if file.source and file.reads:
            worth[file.reads[0]] += 0.5 if file.writes else 0.1
    return worth


def _all(evidence: Evidence) -> Worth:
    return np.ones(evidence.trajectory.length, np.float32)


COUNT = WordRule("count", _count)
NEED = WordRule("count by need rate", _count_by_need_rate)
WORD_RULES = (
    COUNT,
    WordRule("count by need", _count_by_need),
    NEED,
    WordRule("actions", _used),
    WordRule("observations", _shown),
)
STEP_RULES = (
    StepRule("random", _random),
    StepRule("last", _last),
    StepRule("even", _even),
    StepRule("central", _central),
    StepRule("change points", _changes),
    StepRule("latest edits", _latest_edits),
    StepRule("files", _files),
    StepRule("file roles", role_worth),
    StepRule("commands alone", _all, Filling.ACTIONS),
)
