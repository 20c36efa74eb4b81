"""The training of φ: from an issue's words to the episode that worked on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hpm_engine.encoder.phi_network import PhiNetwork
from hpm_engine.encoder.phi_watch import Watched, watched
from hpm_engine.encoder.tensor_file import Tensors
from hpm_engine.encoder.traced_task import Steps, TracedTask, as_query
from hpm_engine.job import Job

ROUNDS = 150
_TEMPERATURE = 0.25  # of InfoNCE
_RATE = 3e-3  # of learning
_FINE_RATE = 1e-3  # of learning, from given weights on
_DECAY = 0.1  # of weights
_BATCH = 32  # episodes of a round
_CROP = 32  # steps of an episode in a round
_WATCH_EVERY = 10  # rounds
_SAME_REPOSITORY = 0.7  # share of rounds with all negatives from one repository
_FEWEST = 8  # episodes of such a round
_STATE_AS_QUERY = 0.5  # share of queries that are a step's state instead of the issue


class Trained(NamedTuple):
    """The network of the best round, and the ranks on unseen repositories after some rounds."""

    network: PhiNetwork
    best: int
    seen: tuple[Watched, ...]


def train_phi(
    learn: Sequence[TracedTask],
    watch: Sequence[TracedTask],
    job: Job,
    *,
    residual: bool = True,
    rounds: int = ROUNDS,
    seed: int = 0,
    start: Tensors | None = None,
) -> Trained:
    """Train on ``learn`` and keep the round that is best on ``watch``, of other repositories.

    InfoNCE from a query to its own episode against the others of the batch, mostly of the same
    repository; episodes that changed a file of the query's count as neither. A query is the issue,
    or the state of a step, which the episode then lacks. Round 0 is the
    plain mean, or the weights ``start`` (as in ``phi_shape.LAYOUT``), which are then fine-tuned:
    a network that is worse on ``watch`` in either rank (``Watched``) is not kept. One thread and
    a seed: the same input gives the same bytes.

    Raises:
        Cancelled: the job was cancelled.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = untrained(learn, residual=residual) if start is None else PhiNetwork.of(start)
            rate = _RATE if start is None else _FINE_RATE
            return _PhiTraining(learn, network, rounds, seed).run(watch, rate, job)
    finally:
        torch.set_num_threads(threads)


def untrained(learn: Sequence[TracedTask], *, residual: bool = True) -> PhiNetwork:
    """The network before training; with ``residual`` the mean of steps, centred by ``learn``."""
    centre = np.concatenate([task.steps.plain for task in learn]).mean(axis=0)
    return PhiNetwork(centre, residual=residual)


class _PhiTraining:
    def __init__(
        self, learn: Sequence[TracedTask], network: PhiNetwork, rounds: int, seed: int
    ) -> None:
        self._learn = learn
        self._rounds = rounds
        self._random = np.random.default_rng(seed)
        self._pools: dict[str, list[TracedTask]] = {}
        for task in learn:
            self._pools.setdefault(task.repository, []).append(task)
        self._network = network

    def run(self, watch: Sequence[TracedTask], rate: float, job: Job) -> Trained:
        network = self._network
        optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=self._rounds)
        best = watched(network, watch, 0)
        seen, kept = [best], _copied(network)
        for number in range(1, self._rounds + 1):
            job.step(number, self._rounds, "training", "rounds")
            network.train()
            loss = self._loss(self._batch())
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            if number % _WATCH_EVERY == 0:
                seen.append(watched(network, watch, number))
                if seen[-1].better(best, seen[0]):
                    best, kept = seen[-1], _copied(network)
        network.load_state_dict(kept)
        return Trained(network.eval(), best.round, tuple(seen))

    def _batch(self) -> list[TracedTask]:
        """Episodes of one repository, drawn by the root of its size, or of all repositories."""
        names = sorted(self._pools)
        sizes = np.sqrt([len(self._pools[name]) for name in names])
        pool = self._pools[names[self._random.choice(len(names), p=sizes / sizes.sum())]]
        if len(pool) < _FEWEST or self._random.random() > _SAME_REPOSITORY:
            pool = list(self._learn)
        chosen = self._random.choice(len(pool), min(_BATCH, len(pool)), replace=False)
        return [pool[index] for index in chosen]

    def _loss(self, batch: Sequence[TracedTask]) -> Tensor:
        drawn = [self._query_and_episode(task) for task in batch]
        queries = self._network([query for query, _ in drawn])
        episodes = self._network([episode for _, episode in drawn])
        related = torch.tensor(
            [[a is not b and not a.files.isdisjoint(b.files) for b in batch] for a in batch]
        )
        scores = (queries @ episodes.T / _TEMPERATURE).masked_fill(related, float("-inf"))
        return functional.cross_entropy(scores, torch.arange(len(batch)))

    def _query_and_episode(self, task: TracedTask) -> tuple[Steps, Steps]:
        count = len(task.steps.plain)
        start = int(self._random.integers(0, max(1, count - _CROP + 1)))
        steps = np.arange(start, min(count, start + _CROP))
        asked = int(self._random.integers(0, count))
        state = task.steps.states[asked]
        if count > 1 and state.any() and self._random.random() < _STATE_AS_QUERY:
            others = steps[steps != asked]
            return as_query(state), task.steps.at(others if len(others) else steps)
        return as_query(task.issue), task.steps.at(steps)


def _copied(network: PhiNetwork) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}
