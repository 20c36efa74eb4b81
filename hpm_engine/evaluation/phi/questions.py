"""The questions to φ: new issues, among earlier episodes and among other agents' episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.traced_task import Steps, TracedTask, as_query
from hpm_engine.evaluation.phi.tasks import counts_of, traced_tasks
from hpm_engine.evaluation.recall.transfer import scratch_store
from hpm_engine.evaluation.recall.transfer_tasks import (
    TransferTask,
    earlier_tasks,
    first_rank,
    same_task_tasks,
    solved_in,
)
from hpm_engine.evaluation.result import Report
from hpm_engine.job import Job

TASKS = "mini-swe-agent-gemini3pro/trajs.tar.xz"
_OTHER_AGENTS = "swe-agent-v1"


class Embedding(Protocol):
    """An encoder that turns episodes into unit rows."""

    def embedded(self, episodes: Sequence[Steps]) -> NDArray[np.float32]:
        """Unit rows ``(n, 256)``."""
        ...


class Questions(NamedTuple):
    """Queries, the embedding of each, and the episodes that are asked."""

    tasks: Sequence[TransferTask]
    cues: Sequence[Steps]
    episodes: Sequence[TracedTask]

    def ranks(self, networks: Mapping[str, Embedding]) -> list[int]:
        """The rank of each query's first relevant candidate (0 is the best)."""
        vectors: dict[int, NDArray[np.float32]] = {}
        for repository, network in networks.items():
            own = [traced for traced in self.episodes if traced.repository == repository]
            rows = network.embedded([traced.steps for traced in own])
            vectors |= {traced.episode: row for traced, row in zip(own, rows, strict=True)}
        ranks = []
        for task, cue in zip(self.tasks, self.cues, strict=True):
            asked = networks[task.project].embedded([cue])[0]
            known = (key for key in task.candidates if key in vectors)
            ranks.append(first_rank({key: float(vectors[key] @ asked) for key in known}, task))
        return ranks


def phi_questions(
    folder: Path, data: Path, report: Report
) -> tuple[dict[str, Questions], list[TracedTask]]:
    """Both kinds of questions, and the tasks to train on: those of the first agent alone."""
    with scratch_store(folder / "own.hpm", [data / TASKS], report) as memory:
        solved = solved_in(memory)
        encoder = StaticEncoder(counts_of(memory, solved))
        tasks = traced_tasks(memory, solved, encoder, Job())
    with scratch_store(folder / "other.hpm", [data / _OTHER_AGENTS], report) as memory:
        others = solved_in(memory)
        other_tasks = traced_tasks(memory, others, encoder, Job())

    def questions(asked: list[TransferTask], among: Sequence[TracedTask]) -> Questions:
        cues = [as_query(vector) for vector in encoder.encode([task.cue for task in asked])]
        return Questions(asked, cues, among)

    kinds = {
        "transfer": questions(earlier_tasks(solved), tasks),
        "same_task": questions(same_task_tasks(solved, others), other_tasks),
    }
    return kinds, tasks
