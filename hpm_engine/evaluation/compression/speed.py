"""The speed of compression: episodes in a second of one core, and seconds of a long one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import chain, islice

from hpm_engine.compressor.compression import compress
from hpm_engine.compressor.evidence.gathering import Gatherer
from hpm_engine.compressor.evidence.needs import StoreHistory
from hpm_engine.compressor.evidence.scorer import Scorer
from hpm_engine.compressor.evidence.trajectory import trajectory
from hpm_engine.evaluation.compression.facts import Case
from hpm_engine.evaluation.result import Figure
from hpm_engine.values.compression import Budget, BudgetKind
from hpm_engine.values.episodes import Step

_USUAL = range(36, 45)  # steps
_MOST = 24  # episodes of them
LONG = 1_200  # steps of one episode, the paper's
_TIMES = 5


def speed_figures(cases: Sequence[Case], scorer: Scorer) -> dict[str, Figure]:
    """Processor time from an episode's steps to its written bytes, by real traces.

    The long episode is several of them, one after the other: the median of a few times. Beside it
    stands what zstd takes for its text, which the deep budget is a share of and cannot do without.
    """
    usual = [steps for case in cases if len(steps := case.evidence.trajectory.steps) in _USUAL]
    every = chain.from_iterable(case.evidence.trajectory.steps for case in cases)
    long = list(islice(every, LONG))
    gatherer = Gatherer()

    def seconds(steps: Sequence[Step], budget: Budget) -> float:
        started = time.process_time()
        compress(gatherer.evidence(steps, StoreHistory()), scorer, budget)
        return time.process_time() - started

    figures = {}
    for kind in BudgetKind:
        budget, name = Budget(kind), kind.value
        seconds(usual[0], budget)  # what is read once is not an episode's
        taken = [seconds(steps, budget) for steps in usual[:_MOST]]
        figures[f"{name}_per_second"] = Figure(len(taken) / sum(taken), "episodes", reference=20)
        times = sorted(seconds(long, budget) for _ in range(_TIMES))
        figures[f"{name}_{len(long)}_steps"] = _median(times, reference=0.5)
    zstd = sorted(_zstd_seconds(long) for _ in range(_TIMES))
    figures[f"zstd19_{len(long)}_steps"] = _median(zstd)
    return figures


def _zstd_seconds(steps: Sequence[Step]) -> float:
    long_trajectory = trajectory(steps)
    started = time.process_time()
    long_trajectory.zstd_size()
    return time.process_time() - started


def _median(times: Sequence[float], reference: float | None = None) -> Figure:
    return Figure(times[len(times) // 2], "s", times[0], times[-1], reference)
