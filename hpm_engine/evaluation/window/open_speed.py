"""The benchmark of opening: from process start to the first painted rows, at three sizes."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.evaluation.window.window_run import measured_window, over

_SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
_ROUNDS = 5


class OpenSpeed:
    """``hpm bench open``."""

    name = "open"
    summary = "time to the first rows, jump, sort, search and memory at 1k, 10k and 100k episodes"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Start the real window on generated stores, several times each; the first is a warm-up."""
        figures: dict[str, Figure] = {}
        for label, episodes in _SIZES.items():
            store = generated_store(episodes, report)
            rounds: list[dict[str, Any]] = []
            for round_ in range(_ROUNDS + 1):
                report(f"{episodes:,} episodes: start {round_} of {_ROUNDS}")
                rounds.append(measured_window(store, "--measure-open"))
            figures |= _figures(label, rounds[1:])
        return BenchResult(self.name, figures, environment())


def _figures(label: str, rounds: list[dict[str, Any]]) -> dict[str, Figure]:
    figures = {
        f"first_rows_{label}_s": over(rounds, "first_rows_s", "s"),
        f"jump_last_row_{label}_ms": over(rounds, "jump_last_row_ms", "ms"),
        f"search_{label}_ms": over(rounds, "search_ms", "ms"),
        f"window_rss_{label}_mb": over(rounds, "rss_mb", "MB"),
        f"tick_gap_max_{label}_ms": over(rounds, "gap_max_ms", "ms"),
    }
    sorts = {column for measured in rounds for column in measured["sort_ms"]}
    for column in sorted(sorts):
        values = sorted(measured["sort_ms"][column] for measured in rounds)
        figures[f"sort_{column}_{label}_ms"] = Figure(
            statistics.median(values), "ms", values[0], values[-1]
        )
    return figures
