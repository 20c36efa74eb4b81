"""Measures of forgetting over a table of scores, task by task, over time.

R[t, i] is the score on task i after stage t. ACC = mean_i R[T, i]; just learned = mean_i R[i', i],
i' being the stage that learned task i; BWT = mean over earlier tasks of R[T, i] - R[i', i];
forgetting = the same of max_t R[t, i] - R[T, i] (Lopez-Paz and Ranzato 2017; Chaudhry et al. 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from hpm_engine.values.consolidation import Retention


def retention(history: Sequence[Mapping[str, float]]) -> Retention | None:
    """The measures of a history: for each stage the scores of the tasks met so far, by name.

    The retention ratio is ACC ÷ just learned; like every ratio it can be gamed by learning
    little, so it is never shown alone. ``None`` before anything was learned.
    """
    if not history or not history[-1]:
        return None
    last = history[-1]
    first = {task: next(row[task] for row in history if task in row) for task in last}
    best = {task: max(row[task] for row in history if task in row) for task in last}
    earlier = [task for task in last if any(task in row for row in history[:-1])]
    acc, learned = fmean(last.values()), fmean(first.values())
    return Retention(
        acc=acc,
        just_learned=learned,
        ratio=acc / learned if learned else 1.0,
        bwt=fmean(last[task] - first[task] for task in earlier) if earlier else 0.0,
        forgetting=fmean(best[task] - last[task] for task in earlier) if earlier else 0.0,
    )
