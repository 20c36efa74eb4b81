"""The curve of a task that is not met again: accuracy by days, counted in cycles of other work."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from hpm_engine.adaptation.bootstrap import by_query
from hpm_engine.config import CYCLE_MEMORIES
from hpm_engine.consolidator.rule import SHIPPED, LearningRule
from hpm_engine.evaluation.consolidation.stream_learner import StreamLearner, nearest_neighbour
from hpm_engine.evaluation.consolidation.task_stream import Stream, StreamTask
from hpm_engine.evaluation.result import Figure, Report

DAYS = (0, 7, 14, 28)
CYCLES_A_DAY = 1
_OLD = 4  # repositories that are not met again
# Time does nothing to a store; cycles do. "full" is a store that has as many prototypes as it
# may have: no more are born in the gap, and other work must share those that are there.
_ARMS = {
    "ewc": (SHIPPED, SHIPPED.births),
    "without_ewc": (structs.replace(SHIPPED, beta=0.0, replay=0), SHIPPED.births),
    "full_ewc": (SHIPPED, 0),
    "full_without_ewc": (structs.replace(SHIPPED, beta=0.0, replay=0), 0),
}


def gap_curve(streams: Sequence[Stream], report: Report) -> dict[str, Figure]:
    """Accuracy on four repositories after each gap ÷ right after they were learned, per cent.

    In the gap the other three are learned, 50 memories a cycle, and the four never met again.
    """
    curves = {}
    for name, (rule, births) in _ARMS.items():
        report(f"gap curve, {name}")
        after = structs.replace(rule, births=births)
        each = [_curve(stream, rule, after, seed) for seed, stream in enumerate(streams)]
        curves[name] = np.array(each)
    report("gap curve, nearest neighbour")
    kept = [_ceiling(stream, seed) for seed, stream in enumerate(streams)]
    curves["nearest_neighbour"] = np.array(kept)
    figures = {"gap_cycles_a_day": Figure(CYCLES_A_DAY, "cycles")}
    for column, days in enumerate(DAYS):
        for name, curve in curves.items():
            figures[f"gap_{days}d_{name}"] = _figure(curve[:, column], "%")
        for prefix in ("", "full_"):
            gained = curves[f"{prefix}ewc"] - curves[f"{prefix}without_ewc"]
            figures[f"gap_{days}d_{prefix}difference"] = _figure(gained[:, column], "points")
    return figures


def _curve(stream: Stream, rule: LearningRule, after: LearningRule, seed: int) -> list[float]:
    """Per cent of what was just learned, after each of ``DAYS``."""
    learner = StreamLearner(stream, rule, seed)
    old, others = stream.tasks[:_OLD], stream.tasks[_OLD:]
    for task in old:
        for cycle in task.cycles:
            learner.learn(cycle)
    learned = _score(learner, old)
    learner.rule = after
    cycles = _other_work(others, seed)
    curve = []
    for day in range(max(DAYS) + 1):
        if day in DAYS:
            curve.append(100 * _score(learner, old) / learned)
        for cycle in itertools.islice(cycles, CYCLES_A_DAY):
            learner.learn(cycle)
    return curve


def _other_work(others: Sequence[StreamTask], seed: int) -> Iterator[NDArray[np.int64]]:
    """Cycles without end; where memories are few, the same ones come again."""
    new = np.concatenate([part for task in others for part in (*task.cycles, task.spare)])
    new = np.random.default_rng(seed).permutation(new)
    starts = range(0, len(new) - CYCLE_MEMORIES.value + 1, CYCLE_MEMORIES.value)
    return itertools.cycle([new[start : start + CYCLE_MEMORIES.value] for start in starts])


def _ceiling(stream: Stream, seed: int) -> list[float]:
    """The same where every memory is kept: what is lost is only that more is confused."""
    old = stream.tasks[:_OLD]
    cycles = _other_work(stream.tasks[_OLD:], seed)
    kept = np.concatenate([part for task in old for part in task.cycles])
    curve = []
    for day in range(max(DAYS) + 1):
        if day in DAYS:
            curve.append(nearest_neighbour(stream, old, kept))
        kept = np.concatenate([kept, *itertools.islice(cycles, CYCLES_A_DAY)])
    return [100 * score / curve[0] for score in curve]


def _score(learner: StreamLearner, tasks: Sequence[StreamTask]) -> float:
    return statistics.fmean(learner.score(task.held_out) for task in tasks)


def _figure(values: NDArray[np.float64], unit: str) -> Figure:
    each = values.tolist()
    return Figure(statistics.fmean(each), unit, *by_query(each))
