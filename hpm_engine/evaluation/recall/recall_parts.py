"""The benchmark of recall's parts on the transfer task: each alone, left out, added."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hpm_engine.adaptation.bootstrap import by_query
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.recall.transfer import TASKS, recall_ranks, scratch_store
from hpm_engine.evaluation.recall.transfer_tasks import TransferTask, earlier_tasks, solved_in
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory
from hpm_engine.recall.weights import SHIPPED, PartName
from hpm_engine.values.recall import RecallOptions, Weight

_OPTIONS = {
    "recency": RecallOptions(recency=0.5),
    "importance": RecallOptions(importance=0.5),
    "best_step": RecallOptions(weights=(*SHIPPED, Weight(PartName.STEPS, 0.25))),
    "touched_paths": RecallOptions(weights=(*SHIPPED, Weight(PartName.TOUCHED, 0.5))),
}


class RecallParts:
    """``hpm bench recall``.

    Mean reciprocal rank on the transfer task (see ``hpm bench transfer``). ``without_*`` and
    ``with_*`` stand beside the shipped score, and their bounds are those of the paired difference.
    """

    name = "recall"
    summary = "what each part of recall's score is worth: alone, left out, added"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Import the traces into a scratch store, and recall from it. Needs ``data``."""
        if data is None or not (data / TASKS).exists():
            raise NotFound(f"The recall benchmark needs --data with {TASKS} in it.")
        with (
            tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder,
            scratch_store(Path(folder) / "own.hpm", [data / TASKS], report) as memory,
        ):
            tasks = earlier_tasks(solved_in(memory))
            report(f"{len(tasks)} issues against earlier episodes")
            return BenchResult(self.name, _parts(memory, tasks), environment())


def _parts(memory: Memory, tasks: Sequence[TransferTask]) -> dict[str, Figure]:
    shipped = _ranks(memory, tasks, RecallOptions(weights=SHIPPED))
    mean = sum(shipped) / len(shipped)
    figures = {"shipped_mrr": Figure(mean, "", *by_query(shipped))}
    for weight in SHIPPED:
        name = weight.part.replace(" ", "_")
        alone = _ranks(memory, tasks, RecallOptions(weights=(weight,)))
        figures[f"alone_{name}_mrr"] = Figure(sum(alone) / len(alone), "", *by_query(alone))
        rest = tuple(other for other in SHIPPED if other != weight)
        left_out = _ranks(memory, tasks, RecallOptions(weights=rest))
        figures[f"without_{name}_mrr"] = _beside(left_out, shipped)
    for name, options in _OPTIONS.items():
        figures[f"with_{name}_mrr"] = _beside(_ranks(memory, tasks, options), shipped)
    return figures


def _ranks(memory: Memory, tasks: Sequence[TransferTask], options: RecallOptions) -> list[float]:
    return [1 / (rank + 1) for rank in recall_ranks(memory, tasks, options)]


def _beside(ranks: Sequence[float], shipped: Sequence[float]) -> Figure:
    """A mean beside the shipped one, bounded by the interval of the paired difference."""
    low, high = by_query([rank - other for rank, other in zip(ranks, shipped, strict=True)])
    mean = sum(shipped) / len(shipped)
    return Figure(sum(ranks) / len(ranks), "", low, high, mean)
