"""The arms of the φ benchmark, each trained once for every group of repositories held out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hpm_engine.encoder.phi_network import PhiNetwork
from hpm_engine.encoder.phi_training import train_phi, untrained
from hpm_engine.encoder.traced_task import TracedTask, repository_groups
from hpm_engine.job import Job

GROUPS = 4
SEEDS = 3

Network = Callable[[Sequence[TracedTask], Sequence[TracedTask], int], PhiNetwork]


def by_repository(
    tasks: Sequence[TracedTask], network: Network, seed: int
) -> dict[str, PhiNetwork]:
    """For each repository the network that did not see its group."""
    groups = repository_groups(tasks, GROUPS)
    networks: dict[str, PhiNetwork] = {}
    for number, group in enumerate(groups):
        watch, *rest = groups[number + 1 :] + groups[:number]
        learn = [task for other in rest for task in other]
        trained = network(learn, watch, seed)
        networks |= {task.repository: trained for task in group}
    return networks


def _mean(learn: Sequence[TracedTask], watch: Sequence[TracedTask], seed: int) -> PhiNetwork:
    return untrained(learn)


def _scratch(learn: Sequence[TracedTask], watch: Sequence[TracedTask], seed: int) -> PhiNetwork:
    return train_phi(learn, watch, Job(), residual=False, seed=seed).network


def _residual(learn: Sequence[TracedTask], watch: Sequence[TracedTask], seed: int) -> PhiNetwork:
    return train_phi(learn, watch, Job(), seed=seed).network


ARMS: dict[str, tuple[Network, int]] = {
    "mean": (_mean, 1),
    "scratch": (_scratch, SEEDS),
    "residual": (_residual, SEEDS),
}
