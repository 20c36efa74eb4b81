"""The benchmark of a hook's process: what a first prompt costs beside an empty Python."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hpm_engine.backup.copy import back_up
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.recall.latency import drawn_cues
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import open_memory
from hpm_engine.system.own_process import interpreter

# A process is counted as large as the one that began it was: so a small one begins it.
_LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""
_EPISODES = 1_000
_RUNS = 20
_WORK_BAR = 0.35  # s of processor
_MEMORY_BAR = 80.0  # MB


class HookBench:
    """``hpm bench hook``."""

    name = "hook"
    summary = "a hook at a first prompt: processor time and memory, beside an empty Python"

    def __init__(self, episodes: int = _EPISODES, runs: int = _RUNS) -> None:
        self._episodes = episodes
        self._runs = runs

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Run hooks by turns with a Python that does nothing; the first of each is not counted."""
        made = generated_store(self._episodes, report)
        with tempfile.TemporaryDirectory(prefix="hpm-hook-") as name:
            store = Path(name) / "asked.hpm"
            with open_memory(made, read_only=True) as memory:
                back_up(memory, store)
            with open_memory(store, actor="bench") as memory:
                memory.recall.prepare()
                memory.encode()
                cues = drawn_cues(memory, self._runs + 1)
            report(f"{self._runs} hooks, one after the other")
            empty, hooks = [], []
            words = [interpreter(), "-m", "hpm_engine.hook", "claude-code", str(store)]
            for number, cue in enumerate(cues):
                event = {
                    "hook_event_name": "UserPromptSubmit",
                    "session_id": f"bench-{number}",
                    "cwd": name,
                    "prompt": cue,
                }
                empty.append(_cost([interpreter(), "-c", "pass"], b"", name))
                hooks.append(_cost(words, msgspec.json.encode(event), name))
        figures = _figures("empty Python, ", empty[1:], (None, None))
        figures |= _figures("hook, ", hooks[1:], (_WORK_BAR, _MEMORY_BAR))
        return BenchResult(self.name, figures, environment())


def _cost(words: Sequence[str], sent: bytes, folder: str) -> tuple[float, float]:
    """The seconds of processor and the most megabytes that a process takes."""
    # Its log is not the person's own, and a busy machine must not end it.
    env = os.environ | {"HPM_DATA_DIR": folder, "HPM_HOOK_SECONDS": "60"}
    started = [interpreter(), "-c", _LAUNCHER, *words]
    done = subprocess.run(started, input=sent, capture_output=True, check=True, env=env)
    seconds, kilobytes = done.stderr.split()
    return float(seconds), float(kilobytes) / 1024


def _figures(
    prefix: str, costs: Sequence[tuple[float, float]], bars: tuple[float | None, float | None]
) -> dict[str, Figure]:
    figures = {}
    for index, (what, unit) in enumerate((("processor", "s"), ("memory", "MB"))):
        values = [cost[index] for cost in costs]
        bounds = min(values), max(values), bars[index]
        figures[f"{prefix}{what}"] = Figure(statistics.median(values), unit, *bounds)
    return figures
