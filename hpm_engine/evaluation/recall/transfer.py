"""The benchmark of transfer: from a new issue to earlier episodes that changed the same file."""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from hpm_engine.adaptation.bootstrap import by_query
from hpm_engine.encoder.installed import minilm_path
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.phi.part import phi_part
from hpm_engine.evaluation.recall.plain_bm25 import PlainBM25
from hpm_engine.evaluation.recall.transfer_tasks import (
    Solved,
    TransferTask,
    any_tasks,
    earlier_tasks,
    first_rank,
    first_ranks,
    gain_figures,
    hit_and_rank,
    same_task_tasks,
    solved_in,
)
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory, open_memory
from hpm_engine.recall.weights import CHANGE_PARTS, SHIPPED, PartName
from hpm_engine.values.recall import Recall, RecallOptions, RecallScope, Weight

TASKS = "mini-swe-agent-gemini3pro/trajs.tar.xz"
_OTHER_AGENTS = "swe-agent-v1"
_ORDERS = 200  # random orders that the random baseline averages

_STATIC = tuple(weight for weight in SHIPPED if weight.part != PartName.OPENING)
_PLAIN = tuple(weight for weight in SHIPPED if weight.part not in CHANGE_PARTS)
_PLAIN_STATIC = tuple(weight for weight in _STATIC if weight.part not in CHANGE_PARTS)


class Transfer:
    """``hpm bench transfer``.

    Nothing is fitted to these tasks: the weights are fixed, so that every repository is one that
    was left out. The store's own word counts see all its episodes, as a user's store would; they
    know no labels. Relevance reads what candidates changed; ``plain_*`` is recall without the
    parts that read the same. Figures without a prefix are those of what is shipped; ``minilm_*``
    and ``plain_*`` have MiniLM's openings as well, where MiniLM is installed (``plain_static_*``:
    without them). ``phi_*``: the part φ, by weights that did not see the asked repository.
    """

    name = "transfer"
    summary = "a new issue leads to earlier episodes on the same file, and to the same task"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Import the traces into a scratch store, and recall from it. Needs ``data``."""
        if data is None or not (data / TASKS).exists():
            raise NotFound(f"The transfer benchmark needs --data with {TASKS} in it.")
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            with scratch_store(Path(folder) / "own.hpm", [data / TASKS], report) as memory:
                solved = solved_in(memory)
                figures = _transfer(memory, solved, report)
                figures |= phi_part(memory, solved, report)
            others = data / _OTHER_AGENTS
            with scratch_store(Path(folder) / "other.hpm", [others], report) as memory:
                figures |= _same_task(memory, solved, report)
        return BenchResult(self.name, figures, environment())


def scratch_store(path: Path, sources: Sequence[Path], report: Report) -> Memory:
    """A new store of some traces, made ready for recall; the caller closes it."""
    memory = open_memory(path, create=True, actor="bench")
    report(f"importing {', '.join(source.name for source in sources)}")
    memory.import_paths(sources)
    report("preparing recall")
    memory.recall.prepare()
    memory.encode()
    return memory


def _transfer(memory: Memory, solved: Sequence[Solved], report: Report) -> dict[str, Figure]:
    tasks = earlier_tasks(solved)
    texts = {attempt.episode.id: attempt.text for attempt in solved}
    report(f"{len(tasks)} issues against earlier episodes")
    full = _ranks(memory, tasks, _STATIC)
    bm25 = _reference(tasks, texts, log_weighted=True)
    figures = {"queries": Figure(len(tasks), "queries")}
    figures |= _figures("", full, tasks, hit_and_rank(bm25))
    figures |= _figures("bm25_", bm25, tasks)
    figures |= _figures("bm25_once_", _reference(tasks, texts, log_weighted=False), tasks)
    dense = _ranks(memory, tasks, (Weight(PartName.MEANING, 1.0),))
    figures |= _figures("dense_", dense, tasks)
    figures |= _figures("recency_", [first_rank(_recency(task), task) for task in tasks], tasks)
    figures |= _random(tasks)
    figures |= gain_figures("gain", full, bm25, tasks)
    figures |= _plain(memory, tasks, bm25, report)
    figures |= _titles(memory, solved)
    every = any_tasks(solved)
    report(f"{len(every)} issues against all other episodes")
    figures |= _figures("any_", _ranks(memory, every, _STATIC), every)
    figures |= _figures("any_bm25_", _reference(every, texts, log_weighted=True), every)
    return figures


def _titles(memory: Memory, solved: Sequence[Solved]) -> dict[str, Figure]:
    """Whether an episode's own title leads to it first, among all others."""
    options = RecallOptions(weights=_STATIC, steps=0, record=False, alike_once=False)
    ranks = []
    for attempt in solved:
        recall = memory.recall.ask(attempt.episode.task, 10, options=options)
        ids = [hit.episode.id for hit in recall.hits]
        ranks.append(ids.index(attempt.episode.id) if attempt.episode.id in ids else len(solved))
    return _figures("title_", ranks, ())


def _plain(
    memory: Memory, tasks: Sequence[TransferTask], bm25: Sequence[int], report: Report
) -> dict[str, Figure]:
    """The figures without the parts that read changes; with MiniLM's openings where installed."""
    reference = hit_and_rank(bm25)
    static = _ranks(memory, tasks, _PLAIN_STATIC)
    figures = _figures("plain_static_", static, tasks, reference)
    figures |= gain_figures("plain_static_gain", static, bm25, tasks)
    if minilm_path() is None:
        report("MiniLM is not installed: plain_* are those of the static table")
        plain = static
    else:
        report("encoding first actions with MiniLM")
        preparation = memory.recall.prepare(openings=True)
        seconds = preparation.opening_seconds / max(1, preparation.openings)
        figures["minilm_s_per_episode"] = Figure(seconds, "s")
        plain = _ranks(memory, tasks, _PLAIN)
        both = _ranks(memory, tasks, SHIPPED)
        figures |= _figures("minilm_", both, tasks, reference)
        figures |= gain_figures("minilm_gain", both, bm25, tasks)
    figures |= _figures("plain_", plain, tasks, reference)
    return figures | gain_figures("plain_gain", plain, bm25, tasks)


def _same_task(memory: Memory, asked: Sequence[Solved], report: Report) -> dict[str, Figure]:
    stored = solved_in(memory)
    tasks = same_task_tasks(asked, stored)
    report(f"{len(tasks)} issues against other agents' episodes")
    texts = {attempt.episode.id: attempt.text for attempt in stored}
    bm25 = _reference(tasks, texts, log_weighted=True)
    figures = _figures("same_task_", _ranks(memory, tasks, _STATIC), tasks, hit_and_rank(bm25))
    return figures | {"same_task_queries": Figure(len(tasks), "queries")}


def _ranks(memory: Memory, tasks: Sequence[TransferTask], weights: Sequence[Weight]) -> list[int]:
    return recall_ranks(memory, tasks, RecallOptions(weights=tuple(weights)))


def recall_ranks(
    memory: Memory, tasks: Sequence[TransferTask], options: RecallOptions
) -> list[int]:
    """The rank that recall gives each task's first relevant candidate (0 is the best)."""
    options = msgspec.structs.replace(options, steps=0, record=False, alike_once=False)

    def recalled(task: TransferTask) -> Recall:
        scope = RecallScope(among=task.candidates)
        return memory.recall.ask(task.cue, len(task.candidates), scope, options=options)

    return first_ranks(recalled, tasks)


def _reference(
    tasks: Sequence[TransferTask], texts: Mapping[int, str], *, log_weighted: bool
) -> list[int]:
    index = PlainBM25(texts, log_weighted=log_weighted)
    return [first_rank(index.scores(task.cue, task.candidates), task) for task in tasks]


def _recency(task: TransferTask) -> dict[int, float]:
    return dict(zip(task.candidates, map(float, task.numbers), strict=True))


def _random(tasks: Sequence[TransferTask]) -> dict[str, Figure]:
    draw = random.Random(0)
    ranks = [
        first_rank({key: draw.random() for key in task.candidates}, task)
        for _ in range(_ORDERS)
        for task in tasks
    ]
    return {f"random_{name}": Figure(value, "") for name, value in hit_and_rank(ranks).items()}


def _figures(
    prefix: str,
    ranks: Sequence[int],
    tasks: Sequence[TransferTask],
    reference: Mapping[str, float] | None = None,
) -> dict[str, Figure]:
    """Hits and rank, with intervals over queries."""
    each = {
        "hit@1": [float(rank < 1) for rank in ranks],
        "hit@10": [float(rank < 10) for rank in ranks],
        "mrr": [1 / (rank + 1) for rank in ranks],
    }
    return {
        prefix + name: Figure(
            statistics.fmean(values),
            "",
            *by_query(values),
            None if reference is None else reference[name],
        )
        for name, values in each.items()
    }
