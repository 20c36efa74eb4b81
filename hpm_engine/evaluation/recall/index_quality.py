"""The benchmark of the index: its recall and its times at 10^5 and 10^6 step vectors."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.recall.vector_store import SIZES, Seeds, seeds, vector_store
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.index.building import IndexBuilder
from hpm_engine.index.cache import index_folder
from hpm_engine.index.exact import ExactVectors
from hpm_engine.index.vector_index import StepIndex
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.vectors import StoredEncoder, VectorKind

_K = 10
_ALLOWED = 0.1  # of the episodes, for a search with a filter


class IndexQuality:
    """``hpm bench index``."""

    name = "index"
    summary = "recall@10 of IVF-PQ with re-ranking against exact, at 10^5 and 10^6 step vectors"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Build stores of mixed step vectors and their indexes; ask each cue of both ways."""
        figures: dict[str, Figure] = {}
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            before = os.environ.get("HPM_CACHE_DIR")
            os.environ["HPM_CACHE_DIR"] = folder
            try:
                start = seeds(Path(folder), data, report)
                for label, count in SIZES.items():
                    figures |= _measure(Path(folder), label, count, start, report)
            finally:
                os.environ.pop("HPM_CACHE_DIR")
                if before is not None:
                    os.environ["HPM_CACHE_DIR"] = before
        return BenchResult(self.name, figures, environment())


def _measure(
    folder: Path, label: str, count: int, start: Seeds, report: Report
) -> dict[str, Figure]:
    path = vector_store(folder, count, start, report)
    with open_memory(path, actor="bench") as memory:
        encoder = VectorRows(memory.internals.database).current(VectorKind.STEP)
        assert encoder is not None
        report(f"{label}: building the index")
        began = time.perf_counter()
        IndexBuilder(
            memory.internals.database, memory.internals.log, index_folder(memory.internals.database)
        ).build(encoder, Job())
        built = time.perf_counter() - began
        report(f"{label}: asking {len(start.queries)} cues")
        index = StepIndex(
            memory.internals.database, start.identity, index_folder(memory.internals.database)
        )
        began = time.perf_counter()
        index.search(start.queries[0], _K)
        cold = time.perf_counter() - began
        truth, comparing = _truth(memory, encoder, start.queries, None)
        some = _some(memory)
        filtered, _ = _truth(memory, encoder, start.queries, some)
        size = _size(index_folder(memory.internals.database), "*")
        mapped = _size(index_folder(memory.internals.database), "*.f16")
        figures = {
            f"index_recall@10_{label}": _recall(index, start.queries, truth, None),
            f"index_recall@10_filtered_{label}": _recall(index, start.queries, filtered, some),
            f"index_p95_{label}_ms": _times(index, start.queries, None, comparing),
            f"index_p95_filtered_{label}_ms": _times(index, start.queries, some, comparing),
            f"index_first_search_{label}_ms": Figure(1000 * cold, "ms"),
            f"index_build_{label}_s": Figure(built, "s"),
            f"index_files_{label}_mb": Figure(size, "MB"),
            f"index_resident_{label}_mb": Figure(size - mapped, "MB"),
        }
    path.unlink()
    return figures


def _truth(
    memory: Memory,
    encoder: StoredEncoder,
    queries: NDArray[np.float32],
    allowed: NDArray[np.int64] | None,
) -> tuple[list[NDArray[np.float32]], float]:
    """The ten best scores of each cue by comparing every vector allowed; the mean time in ms."""
    exact = ExactVectors(encoder.dimension)
    rows = VectorRows(memory.internals.database)
    for row in rows.since(encoder) if allowed is None else rows.get(encoder, allowed.tolist()):
        exact.add(row.data)
    began = time.perf_counter()
    best = [exact.search(query, _K, None)[1] for query in queries]
    return best, 1000 * (time.perf_counter() - began) / len(best)


def _recall(
    index: StepIndex,
    queries: NDArray[np.float32],
    truth: list[NDArray[np.float32]],
    allowed: NDArray[np.int64] | None,
) -> Figure:
    """The mean share of the ten best that the index finds: what scores as the tenth or more."""
    shares = [
        float(np.sum(index.search(query, _K, allowed)[1] >= best[-1] - 1e-5)) / _K
        for query, best in zip(queries, truth, strict=True)
    ]
    return Figure(float(np.mean(shares)), "share")


def _some(memory: Memory) -> NDArray[np.int64]:
    episodes = memory.figures.stats().episodes
    chosen = np.random.default_rng(3).choice(episodes, int(_ALLOWED * episodes), replace=False)
    return np.sort(chosen) + 1


def _times(
    index: StepIndex,
    queries: NDArray[np.float32],
    allowed: NDArray[np.int64] | None,
    comparing: float,
) -> Figure:
    """The 95th percentile of a search, between the median and the longest.

    Beside it ``comparing``: the mean of comparing every vector, with no filter.
    """
    times = []
    for query in queries:
        began = time.perf_counter()
        index.search(query, _K, allowed)
        times.append(1000 * (time.perf_counter() - began))
    p50, p95 = np.percentile(times, (50, 95))
    return Figure(float(p95), "ms", float(p50), max(times), comparing)


def _size(folder: Path, pattern: str) -> float:
    """Megabytes of the files of a folder and those below it."""
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file()) / 1e6
