"""Training the mask network: what an episode's patch, and later episodes, needed of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from hpm_engine.compressor.evidence.identifiers import Floats
from hpm_engine.compressor.scorers.mask_module import MaskBatch, MaskModule
from hpm_engine.compressor.scorers.mask_net import Weights
from hpm_engine.compressor.training.lessons import Lesson
from hpm_engine.job import Job

EPISODES = 14  # of one project, in a batch
_RATE = 2e-3  # AdamW's largest learning rate
_PRIOR = 0.01  # of the term that holds the rule's factor near 1
_PACKED = 2.04  # bytes of identifiers in a byte of a written ledger


def train(
    lessons: Sequence[Lesson],
    seed: int,
    *,
    steps: int,
    blind: bool,
    job: Job | None = None,
    start: Weights | None = None,
) -> dict[str, Floats]:
    """The weights of one network, on one thread: the same lessons and seed give the same.

    From the rule "count" on, or from the weights ``start``, which are then fine-tuned.

    The budget is a constraint, not a penalty: each identifier's m_w = sigmoid(logit + tau), with
    the episode's tau such that all together take what the budget allows. The loss is the mean of
    -log m_w over the facts of the patch, plus that over the facts that later episodes needed,
    plus that over those of them that are specific.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _trained(lessons, seed, steps=steps, blind=blind, job=job, start=start)
    finally:
        torch.set_num_threads(threads)


def _trained(
    lessons: Sequence[Lesson],
    seed: int,
    *,
    steps: int,
    blind: bool,
    job: Job | None,
    start: Weights | None,
) -> dict[str, Floats]:
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    module = MaskModule()
    if start is not None:
        module.load_state_dict({name: torch.tensor(value) for name, value in start.items()})
    useful = [lesson for lesson in lessons if len(lesson.own) or len(lesson.needed)]
    projects = sorted({lesson.project for lesson in useful})
    by_project = {p: [lesson for lesson in useful if lesson.project == p] for p in projects}
    odds = np.sqrt([len(by_project[p]) for p in projects])
    optimiser = torch.optim.AdamW(module.parameters(), _RATE, weight_decay=0.01)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)
    for done in range(steps):
        if job is not None:
            job.step(done, steps, f"training network {seed}", "steps")
        of = by_project[projects[draw.choice(len(projects), p=odds / odds.sum())]]
        chosen = [of[index] for index in draw.permutation(len(of))[:EPISODES]]
        loss = _loss(module, chosen, blind=blind)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        pace.step()
    return module.weights()


def _loss(module: MaskModule, lessons: Sequence[Lesson], *, blind: bool) -> Tensor:
    batch = MaskBatch([lesson.given for lesson in lessons], blind=blind)
    _, logits = module(batch)
    budgets = torch.tensor([lesson.budget * _PACKED for lesson in lessons])
    logs = functional.logsigmoid(within_budget(logits, batch.sizes, batch.episode, budgets))
    loss = _PRIOR * ((module.prior - 1) ** 2).sum()
    start = 0
    parts: list[list[Tensor]] = [[], [], []]
    for lesson in lessons:
        of = logs[start : start + len(lesson.given.words)]
        start += len(of)
        for part, facts in zip(parts, (lesson.own, lesson.needed, lesson.specific), strict=True):
            if len(facts):
                part.append(-of[torch.from_numpy(facts)].mean())
    return loss + sum((torch.stack(part).mean() for part in parts if part), torch.zeros(()))


def within_budget(logits: Tensor, sizes: Tensor, episode: Tensor, budgets: Tensor) -> Tensor:
    """The logits, shifted for each episode so that sum(sigmoid * size) is its budget.

    tau is found by bisection; its gradient follows from the constraint (implicit function
    theorem), so that what raises one identifier lowers the others.
    """
    low, high = torch.full_like(budgets, -40.0), torch.full_like(budgets, 40.0)
    with torch.no_grad():
        for _ in range(30):
            middle = (low + high) / 2
            used = _used(torch.sigmoid(logits + middle[episode]), sizes, episode, len(budgets))
            low, high = (
                torch.where(used < budgets, middle, low),
                torch.where(used < budgets, high, middle),
            )
        tau = (low + high) / 2
        shares = torch.sigmoid(logits + tau[episode])
        slope = _used(shares * (1 - shares), sizes, episode, len(budgets)).clamp(min=1e-6)
    now = _used(torch.sigmoid(logits + tau[episode]), sizes, episode, len(budgets))
    tau = tau - (now - now.detach()) / slope
    return logits + tau[episode]


def _used(shares: Tensor, sizes: Tensor, episode: Tensor, count: int) -> Tensor:
    return torch.zeros(count).index_add(0, episode, shares * sizes)
