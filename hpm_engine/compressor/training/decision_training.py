"""Training the decision mask and the decoder: the steps at which a patch was made, rebuilt."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from hpm_engine.compressor.evidence.identifiers import Floats
from hpm_engine.compressor.scorers.decision_features import kept_steps
from hpm_engine.compressor.scorers.decision_input import VALUE, DecisionLesson, best_steps
from hpm_engine.compressor.scorers.decision_module import (
    DecisionBatch,
    DecisionMask,
    Decoder,
    weights_of,
)
from hpm_engine.compressor.training.mask_training import within_budget
from hpm_engine.config import SPARSITY_WEIGHT
from hpm_engine.job import Job

SEED = 1  # of the shipped weights
STEPS = 100  # of training the shipped weights
EPISODES = 16  # in a batch
_RATE = 1e-3  # AdamW's largest learning rate
_PRIOR = 0.01  # of the term that holds the rule's factor near 1
_TEMPERATURE = 0.1
_SOFT = 1 / 3  # of the training: the mask's own values; then the best ⌈T/12⌉ steps alone


class Mode(Enum):
    """What makes a mask small."""

    BUDGET = "budget"  # the sum of the mask is ⌈T/12⌉, as a constraint
    PENALTY = "penalty"  # the paper's λ ‖M‖₁: no value becomes 0, so nothing is dropped


def train_decisions(
    lessons: Sequence[DecisionLesson],
    *,
    seed: int = SEED,
    steps: int = STEPS,
    mode: Mode = Mode.BUDGET,
    job: Job | None = None,
) -> dict[str, Floats]:
    """The weights of mask and decoder; the same lessons and seed give the same on one machine.

    With a budget: InfoNCE of each decoded point against all steps of its episode and the squared
    error, through the mask's own values first, then straight through the choice of the best
    steps; with them which steps the points are. With the penalty: the paper's objective alone.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums in another order give other weights
    try:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return _DecisionTraining(lessons, seed, steps, mode).run(job)
    finally:
        torch.set_num_threads(threads)


class _DecisionTraining:
    def __init__(
        self, lessons: Sequence[DecisionLesson], seed: int, steps: int, mode: Mode
    ) -> None:
        self._lessons = [lesson for lesson in lessons if len(lesson.points)]
        self._draw = np.random.default_rng(seed)
        self._steps, self._mode, self._seed = steps, mode, seed
        # Torch, on its one thread: numpy's sums hang on how many threads its library has.
        vectors = torch.from_numpy(
            np.concatenate([lesson.given.vectors for lesson in self._lessons])
        )
        centre = vectors.mean(dim=0)
        axes = torch.linalg.eigh((vectors - centre).T @ (vectors - centre)).eigenvectors
        self._mask = DecisionMask()
        if mode is Mode.PENALTY:  # the paper's mask knows no rule to begin with
            self._mask.prior.requires_grad_(False).zero_()
        self._decoder = Decoder(centre.numpy(), axes.numpy()[:, ::-1][:, :VALUE].T)

    def run(self, job: Job | None) -> dict[str, Floats]:
        learned = [*self._mask.parameters(), *self._decoder.parameters()]
        learned = [parameter for parameter in learned if parameter.requires_grad]
        optimiser = torch.optim.AdamW(learned, _RATE, weight_decay=0.01)
        pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=self._steps)
        order: list[int] = []
        for done in range(self._steps):
            if job is not None:
                job.step(done, self._steps, f"training decoder {self._seed}", "steps")
            if len(order) < EPISODES:
                order += self._draw.permutation(len(self._lessons)).tolist()
            chosen, order = order[:EPISODES], order[EPISODES:]
            loss = self._loss([self._lessons[index] for index in chosen], done)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            pace.step()
        return weights_of(self._mask, self._decoder)

    def _loss(self, lessons: Sequence[DecisionLesson], done: int) -> Tensor:
        batch = DecisionBatch([lesson.given for lesson in lessons])
        logits = self._mask(batch)
        if self._mode is Mode.PENALTY:
            mask = torch.sigmoid(logits) * batch.there
            near = self._distances(batch, mask, lessons)[1]
            return near + SPARSITY_WEIGHT.value * mask.sum(dim=1).mean()
        soft = budgeted(logits, batch.there)
        mask = soft if done < _SOFT * self._steps else chosen(soft, batch.there)
        losses, near = self._distances(batch, mask, lessons)
        prior = _PRIOR * ((self._mask.prior - 1) ** 2).sum()
        return losses + near + prior + _labelled(logits, batch.there, lessons)

    def _distances(
        self, batch: DecisionBatch, mask: Tensor, lessons: Sequence[DecisionLesson]
    ) -> tuple[Tensor, Tensor]:
        """InfoNCE within each episode, and the squared error, of the points."""
        rebuilt = self._decoder(batch, mask)
        true = batch.vectors - self._decoder.centre
        losses, near = [], []
        for row, lesson in enumerate(lessons):
            points = torch.from_numpy(lesson.points)
            decoded, all_steps = rebuilt[row, points], true[row, : len(lesson.given.steps)]
            unit = functional.normalize(all_steps, dim=1)
            alike = functional.normalize(decoded, dim=1) @ unit.T
            losses.append(functional.cross_entropy(alike / _TEMPERATURE, points))
            near.append(((decoded - all_steps[points]) ** 2).sum(dim=1).mean())
        return torch.stack(losses).mean(), torch.stack(near).mean()


def _labelled(logits: Tensor, there: Tensor, lessons: Sequence[DecisionLesson]) -> Tensor:
    """Which steps the points are: each against all others, and all at once."""
    losses = []
    for row, lesson in enumerate(lessons):
        of = logits[row, : len(lesson.given.steps)]
        wanted = torch.zeros_like(of).index_fill(0, torch.from_numpy(lesson.points), 1.0)
        ranked = -(functional.log_softmax(of, dim=0) * wanted).sum() / wanted.sum()
        losses.append(ranked + functional.binary_cross_entropy_with_logits(of, wanted))
    return torch.stack(losses).mean()


def budgeted(logits: Tensor, there: Tensor) -> Tensor:
    """The mask ``(n, T)`` that sums to ⌈T/12⌉ in each episode, with that constraint's gradient."""
    count = there.shape[0]
    episode = torch.arange(count)[:, None].expand_as(there)[there]
    budgets = torch.tensor([float(kept_steps(int(length))) for length in there.sum(dim=1)])
    flat = within_budget(logits[there], torch.ones(len(episode)), episode, budgets)
    return torch.zeros_like(logits).masked_scatter(there, torch.sigmoid(flat))


def chosen(soft: Tensor, there: Tensor) -> Tensor:
    """1 for the best ⌈T/12⌉ steps, 0 for the others, with the gradient of ``soft``."""
    hard = torch.zeros_like(soft)
    for row, of in enumerate(there.sum(dim=1).tolist()):
        hard[row, torch.from_numpy(best_steps(soft[row, :of].detach().numpy()))] = 1.0
    return hard + (soft - soft.detach())
