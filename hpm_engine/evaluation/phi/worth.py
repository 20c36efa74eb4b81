"""The benchmark of φ, beside the plain mean of its own inputs, on unseen repositories."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hpm_engine.adaptation.bootstrap import by_cluster, by_query
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.phi.questions import TASKS, phi_questions
from hpm_engine.evaluation.recall.transfer_tasks import TransferTask, hit_and_rank
from hpm_engine.evaluation.result import BenchResult, Figure, Report


class PhiWorth:
    """``hpm bench phi``.

    The repositories stand in four groups. Each group is asked with networks that were trained on
    two others and stopped by the third, so that neither its queries nor its candidates were seen.
    All arms have the same inputs; the word counts are those of the store and know no labels.
    """

    name = "phi"
    summary = "φ beside the plain mean of its inputs and beside φ from scratch, on unseen tasks"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Train and ask every arm. Needs ``data``; minutes."""
        from hpm_engine.evaluation.phi.arms import ARMS, by_repository  # torch

        if data is None or not (data / TASKS).exists():
            raise NotFound(f"The phi benchmark needs --data with {TASKS} in it.")
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            questions, tasks = phi_questions(Path(folder), data, report)
        figures: dict[str, Figure] = {}
        asked: dict[str, dict[str, list[list[int]]]] = {}
        for arm, (network, seeds) in ARMS.items():
            asked[arm] = {kind: [] for kind in questions}
            for seed in range(seeds):
                report(f"{arm}: seed {seed + 1} of {seeds}")
                networks = by_repository(tasks, network, seed)
                for kind, asking in questions.items():
                    asked[arm][kind].append(asking.ranks(networks))
            for kind in questions:
                figures |= _figures(f"{kind}_{arm}", asked[arm][kind])
        for kind, asking in questions.items():
            for arm in ("scratch", "residual"):
                name = f"{kind}_{arm}_gain"
                figures |= _gain(name, asked[arm][kind], asked["mean"][kind], asking.tasks)
        return BenchResult(self.name, figures, environment())


def _figures(prefix: str, seeds: Sequence[Sequence[int]]) -> dict[str, Figure]:
    """Means over seeds; the bounds are the lowest and the highest seed."""
    each = [hit_and_rank(ranks) for ranks in seeds]
    return {
        f"{prefix}_{name}": Figure(statistics.fmean(values), "", min(values), max(values))
        for name in each[0]
        for values in [[measures[name] for measures in each]]
    }


def _gain(
    name: str,
    seeds: Sequence[Sequence[int]],
    mean: Sequence[Sequence[int]],
    tasks: Sequence[TransferTask],
) -> dict[str, Figure]:
    """The gain in reciprocal rank over the plain mean, paired, averaged over seeds."""
    reciprocals = [
        statistics.fmean(1 / (rank + 1) for rank in query) for query in zip(*seeds, strict=True)
    ]
    gains = [
        reciprocal - 1 / (rank + 1) for reciprocal, rank in zip(reciprocals, mean[0], strict=True)
    ]
    middle = statistics.fmean(gains)
    return {
        name: Figure(middle, "MRR", *by_query(gains)),
        f"{name}_by_repository": Figure(
            middle, "MRR", *by_cluster(gains, [task.project for task in tasks])
        ),
    }
