"""One slice of learning: births, gradient steps under the penalty, then the Fisher information."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hpm_engine.consolidator.births import births
from hpm_engine.consolidator.fisher import batched_fisher, fisher, penalties, penalty
from hpm_engine.consolidator.long_term import LongTerm
from hpm_engine.consolidator.mixture import Matrix, gradient, log_likelihood, responsibilities
from hpm_engine.consolidator.rule import FisherForm, LearningRule, Update
from hpm_engine.consolidator.windows import unit
from hpm_engine.job import Job


class LearnedSlice(NamedTuple):
    """What a slice came to.

    ``shares`` (n, K) are the new memories' responsibilities. ``loss`` (nats for each new memory)
    and ``held`` (the penalty, nats) are those after each gradient step; ``replay_loss`` that of
    the replayed memories. ``moved`` (K,) is how far each prototype went, in cosine distance, and
    ``held_by`` (K,) the penalty of each, in nats.
    """

    after: LongTerm
    shares: Matrix
    loss: tuple[float, ...]
    held: tuple[float, ...]
    replay_loss: tuple[float, ...]
    moved: Matrix
    held_by: Matrix
    born: int


def learn(
    before: LongTerm,
    memories: Matrix,
    replayed: Matrix,
    rule: LearningRule,
    random: np.random.Generator,
    job: Job,
    pinned: Sequence[int] = (),
) -> LearnedSlice:
    """Settle ``memories`` (n, d), unit rows, into prototypes. Raises ``Cancelled``.

    Each step is reported with its loss, penalty and loss of what is replayed, where there is any.
    Replayed memories pull like new ones but add nothing to the information: they are in it.
    ``pinned`` are the rows of prototypes that are held firmer.
    """
    born = births(memories, before.means, rule.births, random, rule.explained)
    start = before.with_born(born)
    batch = np.vstack([memories, replayed])
    weights = _weights(start.information, rule, random)
    if pinned:
        weights = weights.copy()
        weights[list(pinned)] *= rule.pin
    means, curves = start.means, _Curves()
    for step in range(rule.steps):
        job.step(step, rule.steps, "learning", "steps", curves.last())
        if rule.update is Update.CONJUGATE:
            means = _conjugate(start, batch, means, rule.kappa)
        else:
            means = _proximal(start.means, batch, means, weights, rule)
        curves.add(memories, replayed, means, start.means, weights, rule)
    shares = responsibilities(memories, means, rule.kappa)
    pulls = (shares * (memories @ means.T)).sum(axis=0)
    if rule.update is Update.CONJUGATE:
        pulls = np.linalg.norm(_sums(start, memories, shares), axis=1) - start.resultants
    after = LongTerm(
        means,
        rule.gamma * start.information + _information(memories, means, rule),
        start.counts + shares.sum(axis=0),
        start.resultants + pulls,
    )
    moved = 1 - (means * start.means).sum(axis=1)
    held_by = penalties(means, start.means, weights, rule.beta)
    return LearnedSlice(after, shares, *curves.taken(), moved, held_by, len(born))


def _proximal(
    anchors: Matrix, batch: Matrix, means: Matrix, weights: Matrix, rule: LearningRule
) -> Matrix:
    """One implicit step: stable for any Fisher information, where an explicit one diverges."""
    rate = rule.rate / rule.kappa
    pull = rate * gradient(batch, means, rule.kappa)
    hold = rate * rule.beta * weights
    return unit((means + pull + hold * anchors) / (1 + hold))


def _conjugate(start: LongTerm, batch: Matrix, means: Matrix, kappa: float) -> Matrix:
    sums = _sums(start, batch, responsibilities(batch, means, kappa))
    empty = np.linalg.norm(sums, axis=1, keepdims=True) < 1e-9
    return np.where(empty, means, unit(sums))


def _sums(start: LongTerm, batch: Matrix, shares: Matrix) -> Matrix:
    earlier: Matrix = start.resultants[:, None] * start.means
    return earlier + shares.T @ batch


def _weights(information: Matrix, rule: LearningRule, random: np.random.Generator) -> Matrix:
    if rule.fisher is FisherForm.SHUFFLED:
        return random.permutation(information.ravel()).reshape(information.shape)
    if rule.fisher is FisherForm.UNIFORM:
        return np.full_like(information, information.mean() if information.size else 0.0)
    return information


def _information(memories: Matrix, means: Matrix, rule: LearningRule) -> Matrix:
    if rule.fisher is FisherForm.BATCHED:
        return batched_fisher(memories, means, kappa=rule.kappa)
    information = fisher(memories, means, rule.kappa)
    return information / len(memories) if rule.fisher is FisherForm.AVERAGED else information


class _Curves:
    """What a person watches while it learns, step by step."""

    def __init__(self) -> None:
        self._loss: list[float] = []
        self._held: list[float] = []
        self._replay: list[float] = []

    def add(
        self,
        memories: Matrix,
        replayed: Matrix,
        means: Matrix,
        anchors: Matrix,
        weights: Matrix,
        rule: LearningRule,
    ) -> None:
        self._loss.append(-log_likelihood(memories, means, rule.kappa) / len(memories))
        self._held.append(penalty(means, anchors, weights, rule.beta))
        if len(replayed):
            self._replay.append(-log_likelihood(replayed, means, rule.kappa) / len(replayed))

    def last(self) -> tuple[float, ...]:
        """Loss, penalty and loss of what is replayed after the last step; none before the first."""
        if not self._loss:
            return ()
        return self._loss[-1], self._held[-1], *self._replay[-1:]

    def taken(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        return tuple(self._loss), tuple(self._held), tuple(self._replay)
