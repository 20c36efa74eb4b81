"""The window's gaps during a cycle, and the cost of a cycle of very many memories."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from msgspec import structs

from hpm_engine.evaluation.recall.vector_store import seeds, vector_store
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.evaluation.window.window_run import measured_window, over
from hpm_engine.system.own_process import run_module

_ROUNDS = 3
_MANY = 100_000  # memories: five steps each
_STEPS_EACH = 5


def window_figures(store: Path, memories: int, report: Report) -> dict[str, Figure]:
    """The real window's gaps while it previews and runs a cycle; its idle ticks are the reference.

    ``busy_max_ms`` is the longest that the window's own thread computed in a gap.
    """
    rounds = []
    for round_ in range(_ROUNDS):
        report(f"a cycle in the window, round {round_ + 1} of {_ROUNDS}")
        copy = store.with_name(f"window-{round_}.hpm")
        shutil.copy(store, copy)
        rounds.append(measured_window(copy, "--measure-cycle", str(memories)))
        copy.unlink()
    figures: dict[str, Figure] = {}
    for phase in ("preview", "cycle"):
        for key in ("gap_max_ms", "gap_p99_ms", "busy_max_ms"):
            idle = over(rounds, f"idle_{key}", "ms").value
            figure = over(rounds, f"{phase}_{key}", "ms")
            figures[f"window_{phase}_{key}"] = structs.replace(figure, reference=idle)
        figures[f"window_{phase}_s"] = over(rounds, f"{phase}_s", "s")
    figures["window_memories"] = over(rounds, "memories", "memories")
    figures["window_rss_mb"] = over(rounds, "rss_mb", "MB")
    return figures


def many_figures(folder: Path, data: Path, report: Report) -> dict[str, Figure]:
    """One cycle of 100,000 memories in a process of its own: seconds and the most memory."""
    store = vector_store(folder, _MANY * _STEPS_EACH, seeds(folder, data, report), report)
    report(f"a cycle of {_MANY:,} memories")
    command = run_module("hpm_engine.evaluation.consolidation.cycle_once", str(store), str(_MANY))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    return {
        "cycle_100k_memories": Figure(measured["memories"], "memories"),
        "cycle_100k_s": Figure(measured["s"], "s"),
        "cycle_100k_peak_mb": Figure(measured["mb"], "MB", reference=600.0),
        "cycle_100k_before_mb": Figure(measured["before_mb"], "MB"),
    }
