"""Whether fine-tuning on a store is worth anything, what it costs, and what the window feels."""

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
from hpm_engine.system.own_process import run_code
from hpm_engine.values.adaptation import Model

# Sessions of an agent that the shipped weights never saw, and those that they learned from.
_STORES = {"unseen": "swe-agent-v1", "own": "mini-swe-agent-gemini3pro/trajs.tar.xz"}
_ROUNDS = 3
_ALLOWED_MB = 1000.0
_TUNE = """
import json, sys, time
from pathlib import Path
from msgspec.structs import asdict
from hpm_engine import Job, Model
from hpm_engine.adaptation.worker import tuned
from hpm_engine.evaluation.peak_memory import peak_mb
started = time.process_time()
found = tuned(Model(sys.argv[1]), Path(sys.argv[2]), Job())
print(json.dumps(asdict(found.verdict) | {"cpu_s": time.process_time() - started, "mb": peak_mb()}))
"""


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
    command = run_code(_TUNE, model.value, str(store))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figures(prefix: str, found: Mapping[str, Any]) -> dict[str, Figure]:
    gain = found["after"] - found["before"]
    return {
        f"{prefix}_after": Figure(found["after"], "", reference=found["before"]),
        f"{prefix}_gain": Figure(gain, "", found["low"], found["high"]),
        f"{prefix}_held": Figure(found["held"], "episodes"),
        f"{prefix}_learned": Figure(found["learned"], "episodes"),
        f"{prefix}_cpu_s": Figure(found["cpu_s"], "s"),
        f"{prefix}_peak_mb": Figure(found["mb"], "MB", reference=_ALLOWED_MB),
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
