"""How soon a person sees rows: from process start to the first painted, at three sizes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from hpm_engine.evaluation.environment import environment, window_environment
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.result import BenchResult, Figure, Report

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
                rounds.append(_start(store))
            figures |= _figures(label, rounds[1:])
        return BenchResult(self.name, figures, environment())


def _start(store: Path) -> dict[str, Any]:
    """One start of the program, which measures itself and ends."""
    command = [sys.executable, "-m", "app", str(store), "--measure-open"]
    variables = window_environment(store.parent / "config")
    done = subprocess.run(command, capture_output=True, text=True, env=variables)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _figures(label: str, rounds: list[dict[str, Any]]) -> dict[str, Figure]:
    def over(key: str, unit: str) -> Figure:
        values = sorted(float(measured[key]) for measured in rounds)
        return Figure(statistics.median(values), unit, values[0], values[-1])

    figures = {
        f"first_rows_{label}_s": over("first_rows_s", "s"),
        f"jump_last_row_{label}_ms": over("jump_last_row_ms", "ms"),
        f"search_{label}_ms": over("search_ms", "ms"),
        f"window_rss_{label}_mb": over("rss_mb", "MB"),
        f"tick_gap_max_{label}_ms": over("gap_max_ms", "ms"),
    }
    sorts = {column for measured in rounds for column in measured["sort_ms"]}
    for column in sorted(sorts):
        values = sorted(measured["sort_ms"][column] for measured in rounds)
        figures[f"sort_{column}_{label}_ms"] = Figure(
            statistics.median(values), "ms", values[0], values[-1]
        )
    return figures
