"""The benchmark of a recall's time, end to end, at three sizes; beside bare FAISS and FTS5."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.index.cache import index_folder
from hpm_engine.index.vector_index import StepIndex
from hpm_engine.memory import Memory, open_memory
from hpm_engine.recall.words import words_of
from hpm_engine.store.search.recall_index import RecallField, RecallIndex
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.recall import RecallOptions

SIZES = {"100": 100, "1k": 1_000, "1e6": 23_810}  # episodes; the last have 10^6 steps
_PLAIN_RATIO = "1k"  # the size whose ratio is the one without a suffix
_CUES = 200
_COLD = 10  # openings
_WORDS = 12  # of a cue
_WARM_UP = 20
_K = 10


class Latency:
    """``hpm bench latency``.

    A recall is timed from the cue to the context block: encoded, searched, fetched, composed.
    Recording it, a transaction that waits for the disk, is timed by itself. Cold is the first
    recall of a ``Memory`` just opened, with the system's file cache as it is. ``ratio_to_bare``
    is that at 1,000 episodes.
    """

    name = "latency"
    summary = "recall end to end at 100, 1,000 and 23,810 episodes, beside bare FAISS and FTS5"

    def __init__(self, sizes: dict[str, int] = SIZES) -> None:
        self._sizes = sizes

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Generated stores, made once and kept in the cache folder."""
        figures: dict[str, Figure] = {}
        slowest: dict[int, float] = {}
        for label, episodes in self._sizes.items():
            path = generated_store(episodes, report)
            report(f"{episodes:,} episodes: preparing")
            with open_memory(path, actor="bench") as memory:
                memory.recall.prepare()
                memory.encode()
                cues = drawn_cues(memory, _CUES)
            report(f"{episodes:,} episodes: {_CUES} recalls")
            figures |= _measure(label, path, cues)
            slowest[episodes] = figures[f"p95_{label}_ms"].value
            if label == _PLAIN_RATIO:
                figures["ratio_to_bare"] = figures[f"ratio_to_bare_{label}"]
        first, *_, last = sorted(slowest)
        growth = math.log(slowest[last] / slowest[first]) / math.log(last / first)
        figures["growth_exponent"] = Figure(growth, "log p95 / log episodes")
        return BenchResult(self.name, figures, environment())


def drawn_cues(memory: Memory, count: int) -> list[str]:
    """Pieces of steps, drawn anew: cues that have an answer somewhere."""
    draw = random.Random(11)
    results = memory.episodes.find(EpisodeQuery())
    ids = results.window(0, len(results))
    cues = []
    for _ in range(count):
        episode = draw.choice(ids)
        [step] = memory.steps.read(episode, seq := draw.randrange(1, 40), seq + 1)
        words = step.parts[0].text.split()
        start = draw.randrange(max(1, len(words) - _WORDS))
        cues.append(" ".join(words[start : start + _WORDS]))
    return cues


def _measure(label: str, path: Path, cues: Sequence[str]) -> dict[str, Figure]:
    options = RecallOptions(record=False)
    cold = [_first_recall(path, cue) for cue in cues[:_COLD]]
    with open_memory(path, actor="bench") as memory:
        warm = _times(cues, lambda cue: memory.recall.ask(cue, _K, options=options))
        bare = _times(cues, _bare(memory))
        recorded = [memory.recall.ask(cue, _K).stages[-1].ms for cue in cues[:_WARM_UP]]
    figures = {
        f"p50_{label}_ms": Figure(_percentile(warm, 50), "ms", reference=_percentile(bare, 50)),
        f"p95_{label}_ms": Figure(_percentile(warm, 95), "ms", reference=_percentile(bare, 95)),
        f"p99_{label}_ms": Figure(_percentile(warm, 99), "ms", reference=_percentile(bare, 99)),
        f"cold_p50_{label}_ms": Figure(_percentile(cold, 50), "ms", min(cold), max(cold)),
        f"cold_p95_{label}_ms": Figure(_percentile(cold, 95), "ms"),
        f"recording_{label}_ms": Figure(statistics.median(recorded), "ms"),
    }
    ratio = figures[f"p95_{label}_ms"].value / _percentile(bare, 95)
    return figures | {f"ratio_to_bare_{label}": Figure(ratio, "of p95")}


def _first_recall(path: Path, cue: str) -> float:
    with open_memory(path, read_only=True) as memory:
        started = time.perf_counter()
        memory.recall.ask(cue, _K)
        return 1000 * (time.perf_counter() - started)


def _bare(memory: Memory) -> Callable[[str], object]:
    """The search that no recall of steps can do without: the same rows by both libraries."""
    encoder = encoder_in_use(memory.internals.database)
    assert encoder is not None
    index = StepIndex(
        memory.internals.database, encoder.identity, index_folder(memory.internals.database)
    )
    lexical = RecallIndex(memory.internals.database)

    def search(cue: str) -> object:
        vector = np.ascontiguousarray(encoder.encode([cue])[0])
        nearest = index.search(vector, _K)
        with memory.internals.database.reading():
            return nearest, lexical.bm25(RecallField.STEPS, words_of(cue), _K)

    return search


def _times(cues: Sequence[str], work: Callable[[str], object]) -> list[float]:
    """Milliseconds of each cue, after a warm-up."""
    for cue in cues[:_WARM_UP]:
        work(cue)
    times = []
    for cue in cues:
        started = time.perf_counter()
        work(cue)
        times.append(1000 * (time.perf_counter() - started))
    return times


def _percentile(times: Sequence[float], percent: int) -> float:
    return float(np.percentile(times, percent))
