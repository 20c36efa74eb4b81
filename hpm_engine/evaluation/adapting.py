"""The benchmark of fine-tuning on a store: its gain, its cost, and the window's gaps meanwhile."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import structs

from hpm_engine.errors import NotFound
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.evaluation.window.window_run import measured_window, over
from hpm_engine.memory import open_memory
from hpm_engine.system.own_process import run_module
from hpm_engine.values.adaptation import Model

# Sessions of an agent that the shipped weights never saw, and those that they learned from.
_STORES = {"unseen": "swe-agent-v1", "own": "mini-swe-agent-gemini3pro/trajs.tar.xz"}
_ROUNDS = 3
_ALLOWED_MB = 1000.0


class Adapting:
    """``hpm bench adapt``.

    Both models are tuned on two stores as ``hpm adapt`` does it, each verdict on projects that
    were not learned from. Where nothing is better, the weights in use stay: that is no failure.
    """

    name = "adapt"
    summary = "φ and mask tuned on a store: gain on projects held out, memory, the window's gaps"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Import and encode both sets of traces, and tune on each. Needs ``data``; minutes."""
        if data is None or not all((data / name).exists() for name in _STORES.values()):
            raise NotFound(f"The adapt benchmark needs --data with {', '.join(_STORES.values())}.")
        figures: dict[str, Figure] = {}
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            for name, traces in _STORES.items():
                store = Path(folder) / f"{name}.hpm"
                report(f"importing and encoding {traces}")
                with open_memory(store, create=True, actor="bench") as memory:
                    memory.import_paths([data / traces])
                    memory.encode()
                for model in Model:
                    report(f"tuning the {model.value} on {traces}")
                    figures |= _figures(f"{name}_{model.value}", _tuned(model, store))
            figures |= _window(Path(folder) / "unseen.hpm", report)
        return BenchResult(self.name, figures, environment())


def _tuned(model: Model, store: Path) -> dict[str, Any]:
    command = run_module("hpm_engine.evaluation.tuning_once", model.value, str(store))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    tuning: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return tuning


def _figures(prefix: str, tuning: Mapping[str, Any]) -> dict[str, Figure]:
    gain = tuning["after"] - tuning["before"]
    return {
        f"{prefix}_after": Figure(tuning["after"], "", reference=tuning["before"]),
        f"{prefix}_gain": Figure(gain, "", tuning["low"], tuning["high"]),
        f"{prefix}_held": Figure(tuning["held"], "episodes"),
        f"{prefix}_learned": Figure(tuning["learned"], "episodes"),
        f"{prefix}_cpu_s": Figure(tuning["cpu_s"], "s"),
        f"{prefix}_peak_mb": Figure(tuning["mb"], "MB", reference=_ALLOWED_MB),
    }


def _window(store: Path, report: Report) -> dict[str, Figure]:
    """The real window's gaps while it tunes; ``busy_max_ms`` is what its own thread computed."""
    rounds = []
    for round_ in range(_ROUNDS):
        report(f"tuning in the window, round {round_ + 1} of {_ROUNDS}")
        copy = Path(shutil.copy(store, store.with_name(f"window-{round_}.hpm")))
        rounds.append(measured_window(copy, "--measure-tuning"))
    figures: dict[str, Figure] = {}
    for model in Model:
        for key in ("gap_max_ms", "gap_p99_ms", "busy_max_ms"):
            idle = over(rounds, f"idle_{key}", "ms").value
            figure = over(rounds, f"{model.value}_{key}", "ms")
            figures[f"window_{model.value}_{key}"] = structs.replace(figure, reference=idle)
        figures[f"window_{model.value}_s"] = over(rounds, f"{model.value}_s", "s")
    figures["window_rss_mb"] = over(rounds, "rss_mb", "MB")
    return figures
