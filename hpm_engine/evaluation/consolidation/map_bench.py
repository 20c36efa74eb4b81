"""The benchmark of the prototypes' map: its first show, its paints, its drift."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from hpm_engine.evaluation.consolidation.map_quality import quality
from hpm_engine.evaluation.consolidation.map_stores import crowded_store, traced_store
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.evaluation.window.window_run import measured_window, over
from hpm_engine.job import Job
from hpm_engine.memory import open_memory

_FEW = 500  # memories
_MANY = 50_000  # memories
_PROTOTYPES = 512
_ROUNDS = 3
_FIRST_SHOW_S = 1.0
_PAINT_MS = 25.0
_GAP_MS = 100.0


class MapBench:
    """``hpm bench map``."""

    name = "map"
    summary = "seconds to a map's first show, its paints at 50k points, drift, trustworthiness"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Measure in the real window at 500 and 50,000 memories, and drift over five cycles.

        ``fit_gap_max_ms`` is the longest gap between two ticks of the window while UMAP runs; the
        gap with nothing going on stands beside it as ``idle_gap_max_ms``.
        """
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as name:
            folder = Path(name)
            before = os.environ.get("HPM_CACHE_DIR")
            os.environ["HPM_CACHE_DIR"] = str(folder / "cache")  # for the window as well
            try:
                figures = _measured(folder, data, report)
            finally:
                if before is None:
                    del os.environ["HPM_CACHE_DIR"]
                else:
                    os.environ["HPM_CACHE_DIR"] = before
        return BenchResult(self.name, figures, environment())


def _measured(folder: Path, data: Path | None, report: Report) -> dict[str, Figure]:
    store = traced_store(folder, data, 2_000, report)
    few = folder / "few.hpm"
    few.write_bytes(store.read_bytes())
    with open_memory(few, actor="bench") as memory:
        memory.consolidation.run(_FEW, bound=1.0)
        report(f"laying out {_FEW} memories")
        memory.consolidation.map.fit(Job())
    small = _windows(few, report)
    many = crowded_store(folder, data, _MANY, _PROTOTYPES, report)
    with open_memory(many, actor="bench") as memory:
        report(f"laying out {_MANY:,} memories")
        memory.consolidation.map.fit(Job())
    large = _windows(many, report)
    return {
        "first_show_500_s": _against(over(small, "first_show_s", "s"), _FIRST_SHOW_S),
        "first_show_50k_s": over(large, "first_show_s", "s"),
        "paint_50k_ms": _against(over(large, "paint_max_ms", "ms"), _PAINT_MS),
        "paint_50k_median_ms": over(large, "paint_median_ms", "ms"),
        "paint_50k_busy_ms": over(large, "paint_busy_max_ms", "ms"),
        "points_50k": over(large, "points", "memories"),
        "paint_500_ms": over(small, "paint_max_ms", "ms"),
        "fit_gap_max_ms": _against(over(small, "fit_gap_max_ms", "ms"), _GAP_MS),
        "fit_50k_gap_max_ms": _against(over(large, "fit_gap_max_ms", "ms"), _GAP_MS),
        "idle_gap_max_ms": over([*small, *large], "idle_gap_max_ms", "ms"),
        "fit_500_s": over(small, "fit_s", "s"),
        "fit_50k_s": over(large, "fit_s", "s"),
        "window_50k_rss_mb": over(large, "rss_mb", "MB"),
        **quality(store, folder, report),
    }


def _windows(store: Path, report: Report) -> list[dict[str, Any]]:
    rounds = []
    for number in range(_ROUNDS):
        report(f"{store.stem}: window {number + 1} of {_ROUNDS}")
        rounds.append(measured_window(store, "--measure-map"))
    return rounds


def _against(figure: Figure, reference: float) -> Figure:
    return msgspec.structs.replace(figure, reference=reference)
