"""A learner of a task stream by one rule, which is asked after each task what is still known."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from hpm_engine.consolidator.births import births
from hpm_engine.consolidator.forgetting import retention
from hpm_engine.consolidator.learning import learn
from hpm_engine.consolidator.long_term import LongTerm
from hpm_engine.consolidator.mixture import Matrix
from hpm_engine.consolidator.rule import LearningRule
from hpm_engine.evaluation.consolidation.task_stream import Stream, StreamTask
from hpm_engine.job import Job
from hpm_engine.values.consolidation import Retention


class StreamLearner:
    """Prototypes over a stream; a prototype's label is that of most of its members.

    Without births all prototypes (as many as the others end with) are placed in the first cycle.
    """

    def __init__(self, stream: Stream, rule: LearningRule, seed: int, prototypes: int = 42) -> None:
        self._stream = stream
        self.rule = rule
        self._random = np.random.default_rng(seed)
        self._prototypes = prototypes
        self._labels = int(stream.labels.max()) + 1
        self.long_term = LongTerm.empty(stream.rows.shape[1])
        self._votes: Matrix = np.zeros((0, self._labels))
        self._learned: list[int] = []

    def run(self) -> Retention:
        """Learn the whole stream."""
        history: list[dict[str, float]] = []
        for number, task in enumerate(self._stream.tasks):
            for cycle in task.cycles:
                self.learn(cycle)
            met = self._stream.tasks[: number + 1]
            history.append({str(known.label): self.score(known.held_out) for known in met})
        summary = retention(history)
        assert summary is not None
        return summary

    def learn(self, memories: NDArray[np.int64]) -> None:
        """Learn one cycle; in it a sample of all memories before is replayed."""
        rows = self._stream.rows
        if not self.rule.births and not len(self.long_term.means):
            placed = births(rows[memories], self.long_term.means, self._prototypes, self._random)
            self.long_term = self.long_term.with_born(placed)
        earlier = np.array(self._learned, np.int64)
        again = self._random.permutation(earlier)[: self.rule.replay]
        learned = learn(self.long_term, rows[memories], rows[again], self.rule, self._random, Job())
        self.long_term = learned.after
        missing = len(learned.after.means) - len(self._votes)
        self._votes = np.vstack([self._votes, np.zeros((missing, self._labels))])
        for shares, label in zip(learned.shares, self._stream.labels[memories], strict=True):
            self._votes[:, label] += shares
        self._learned += memories.tolist()

    def score(self, asked: NDArray[np.int64]) -> float:
        """The share of memories whose nearest prototype has the right label."""
        cosines = self._stream.rows[asked] @ self.long_term.means.T
        cosines[:, self._votes.sum(axis=1) < 1e-6] = -2.0
        labels = self._votes.argmax(axis=1)[cosines.argmax(axis=1)]
        return float((labels == self._stream.labels[asked]).mean())


def nearest_neighbour(
    stream: Stream, asked: Sequence[StreamTask], kept: NDArray[np.int64]
) -> float:
    """The ceiling: every memory of ``kept`` is there, and the nearest one answers."""
    scores = []
    for task in asked:
        nearest = (stream.rows[task.held_out] @ stream.rows[kept].T).argmax(axis=1)
        scores.append(float((stream.labels[kept[nearest]] == task.label).mean()))
    return fmean(scores)
