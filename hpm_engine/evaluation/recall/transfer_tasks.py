"""Cross-session transfer: a new issue, and the earlier episodes that changed the same file."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from hpm_engine.adaptation.bootstrap import by_cluster, by_query
from hpm_engine.evaluation.result import Figure
from hpm_engine.memory import Memory
from hpm_engine.recall.changes import changes_of
from hpm_engine.recall.changes import is_test as _is_test
from hpm_engine.values.episodes import Episode, EpisodeQuery, StepSource
from hpm_engine.values.recall import Recall

_PREAMBLE = "Consider the following PR description:"
_LONGEST = 6_000  # characters of an issue that are asked
_FEWEST = 10  # candidates


class Solved(msgspec.Struct, frozen=True):
    """An episode on an instance of a benchmark: its issue, all its text, what it changed."""

    episode: Episode
    instance: str
    number: int  # of the issue or pull request; grows with time
    issue: str
    text: str
    files: frozenset[str]  # changed Python files that are no tests


class TransferTask(msgspec.Struct, frozen=True):
    """One query: what is asked, who may answer, and which of these are right."""

    cue: str
    project: str
    candidates: tuple[int, ...]
    relevant: frozenset[int]
    numbers: tuple[int, ...]  # of the candidates, for the recency baseline


def solved_in(memory: Memory) -> list[Solved]:
    """Every episode of the store that works on a numbered issue."""
    results = memory.episodes.find(EpisodeQuery())
    episodes = memory.episodes.get(results.window(0, len(results)))
    return [attempt for episode in episodes if (attempt := _solved(memory, episode))]


def _solved(memory: Memory, episode: Episode) -> Solved | None:
    instance = episode.key.split("/")[0]
    number = instance.rpartition("-")[2]
    steps = memory.steps.read(episode.id)
    asked = (part.text for step in steps if step.source is StepSource.USER for part in step.parts)
    issue = next(filter(None, map(_described, asked)), "")
    if not number.isdecimal() or not issue.strip():
        return None
    text = "\n".join(
        part.text for step in steps if step.source is not StepSource.SYSTEM for part in step.parts
    )
    changed = {change.path for change in changes_of(steps, memory.episodes.detail(episode.id).cwd)}
    files = frozenset(path for path in changed if path.endswith(".py") and not _is_test(path))
    return Solved(episode, instance, int(number), issue.strip()[:_LONGEST], text, files)


def _described(text: str) -> str:
    """The issue that a prompt describes, "" where it describes none."""
    _, opening, rest = text.partition("<pr_description>")
    issue, closing, _ = rest.partition("</pr_description>")
    return issue.lstrip().removeprefix(_PREAMBLE) if opening and closing else ""


def earlier_tasks(solved: Sequence[Solved]) -> list[TransferTask]:
    """Each issue as a query over the episodes of its repository with a lower number.

    Relevant are those that changed a file which the issue's own episode changed. Issues with
    fewer than ten candidates, or no relevant one, are left out.
    """
    return _tasks(solved, lambda attempt, other: other.number < attempt.number)


def any_tasks(solved: Sequence[Solved]) -> list[TransferTask]:
    """The same with all other issues of the repository as candidates: a consistency check."""
    return _tasks(solved, lambda attempt, other: other.number != attempt.number)


def _tasks(
    solved: Sequence[Solved], allowed: Callable[[Solved, Solved], bool]
) -> list[TransferTask]:
    tasks = []
    for attempt in solved:
        others = [
            other
            for other in solved
            if other.episode.project == attempt.episode.project and allowed(attempt, other)
        ]
        relevant = frozenset(other.episode.id for other in others if other.files & attempt.files)
        if len(others) >= _FEWEST and relevant:
            candidates = tuple(other.episode.id for other in others)
            numbers = tuple(other.number for other in others)
            project = attempt.episode.project
            tasks.append(TransferTask(attempt.issue, project, candidates, relevant, numbers))
    return tasks


def same_task_tasks(asked: Sequence[Solved], stored: Sequence[Solved]) -> list[TransferTask]:
    """Each issue as a query over other agents' episodes of its repository.

    Relevant are those on the same instance.
    """
    tasks = []
    for attempt in asked:
        others = [other for other in stored if other.episode.project == attempt.episode.project]
        relevant = frozenset(x.episode.id for x in others if x.instance == attempt.instance)
        if relevant and len(others) >= _FEWEST:
            candidates = tuple(other.episode.id for other in others)
            numbers = tuple(other.number for other in others)
            project = attempt.episode.project
            tasks.append(TransferTask(attempt.issue, project, candidates, relevant, numbers))
    return tasks


def first_rank(scores: Mapping[int, float], task: TransferTask) -> int:
    """The rank (0 is the best) of the first relevant candidate; ties by id."""
    order = sorted(task.candidates, key=lambda key: (-scores.get(key, float("-inf")), key))
    return next(rank for rank, key in enumerate(order) if key in task.relevant)


def first_ranks(
    recall: Callable[[TransferTask], Recall], tasks: Sequence[TransferTask]
) -> list[int]:
    """The rank that a recall gives each task's first relevant candidate (0 is the best)."""
    return [
        first_rank({hit.episode.id: hit.score for hit in recall(task).hits}, task) for task in tasks
    ]


def gain_figures(
    name: str, ranks: Sequence[int], others: Sequence[int], tasks: Sequence[TransferTask]
) -> dict[str, Figure]:
    """The gain in reciprocal rank, paired: its interval over queries, and over repositories."""
    gains = [1 / (rank + 1) - 1 / (other + 1) for rank, other in zip(ranks, others, strict=True)]
    mean = statistics.fmean(gains)
    low, high = by_query(gains)
    clustered = by_cluster(gains, [task.project for task in tasks])
    return {
        name: Figure(mean, "MRR", low, high),
        f"{name}_low": Figure(low, "MRR"),
        f"{name}_by_repository": Figure(mean, "MRR", *clustered),
    }


def hit_and_rank(first: Iterable[int]) -> dict[str, float]:
    """Hit@1, Hit@10 and mean reciprocal rank of the first relevant candidates' ranks."""
    ranks = list(first)
    return {
        "hit@1": sum(rank < 1 for rank in ranks) / len(ranks),
        "hit@10": sum(rank < 10 for rank in ranks) / len(ranks),
        "mrr": sum(1 / (rank + 1) for rank in ranks) / len(ranks),
    }
