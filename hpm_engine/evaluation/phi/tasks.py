"""Solved issues as embeddings, for training φ and for measuring it."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.encoder.piece_counts import PieceCounts
from hpm_engine.encoder.state_action import StateAction, state_action_pairs
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.traced_task import TracedTask, steps_of
from hpm_engine.evaluation.recall.transfer_tasks import Solved
from hpm_engine.job import Job
from hpm_engine.memory import Memory


def counts_of(memory: Memory, solved: Sequence[Solved]) -> PieceCounts:
    """The word pieces of the agents' actions in these episodes; no labels are read."""
    return StaticEncoder().counted(
        [pair.action for pair in _pairs(memory, attempt)] for attempt in solved
    )


def traced_tasks(
    memory: Memory, solved: Sequence[Solved], encoder: StaticEncoder, job: Job
) -> list[TracedTask]:
    """The issues and steps of ``solved`` by ``encoder``; episodes without a known step left out."""
    tasks = []
    for number, attempt in enumerate(solved):
        job.step(number, len(solved), "encoding", "episodes")
        pairs = _pairs(memory, attempt)
        states, actions = (encoder.encode([pair[side] for pair in pairs]) for side in (0, 1))
        steps = steps_of(states, actions)
        if len(steps.plain):
            issue = encoder.encode([attempt.issue])[0]
            repository = attempt.episode.project
            tasks.append(TracedTask(attempt.episode.id, repository, attempt.files, issue, steps))
    return tasks


def _pairs(memory: Memory, solved: Solved) -> list[StateAction]:
    return state_action_pairs(memory.steps.read(solved.episode.id))
