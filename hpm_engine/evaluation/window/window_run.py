"""One start of the real window, which measures itself and ends."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hpm_engine.evaluation.environment import window_environment
from hpm_engine.evaluation.result import Figure
from hpm_engine.system.own_process import run_module


def measured_window(store: Path, *options: str) -> dict[str, Any]:
    """The figures that the window prints for its ``--measure-…`` options, started on ``store``."""
    command = run_module("app", str(store), *options)
    variables = window_environment(store.parent / "config")
    done = subprocess.run(command, capture_output=True, text=True, env=variables)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def over(rounds: Sequence[dict[str, Any]], key: str, unit: str) -> Figure:
    """The median of one figure over several rounds, with the smallest and the largest."""
    values = sorted(float(measured[key]) for measured in rounds)
    return Figure(statistics.median(values), unit, values[0], values[-1])
