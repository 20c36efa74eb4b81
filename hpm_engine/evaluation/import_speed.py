"""The benchmark of imports, beside a program that does only what cannot be avoided."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hpm_engine.evaluation.environment import environment, window_environment
from hpm_engine.evaluation.generated_traces import write_one_session, write_sessions
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.system.own_process import run_module

_MIB = 1024 * 1024
_ROUNDS = 5
_GENERATED = 200 * _MIB  # bytes
_HUGE = 2048 * _MIB  # bytes
_LONG_LINE = 12 * _MIB  # bytes
_SETS = ("mini-swe-agent-gemini3pro/trajs.tar.xz", "swe-agent-v1", "claude-code", "tau-bench")


class ImportSpeed:
    """``hpm bench import``."""

    name = "import"
    summary = "import speed beside bare parsing and indexing; memory; the window's ticks meanwhile"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Measure each set of traces in rounds, import and reference by turns.

        With ``data`` the figures without a suffix are those of all its sets together, and the
        generated sessions have the suffix ``_generated``; without, they are the generated ones.
        """
        figures: dict[str, Figure] = {}
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            scratch = Path(folder)
            report(f"generating {_GENERATED // _MIB} MB of sessions")
            write_sessions(scratch / "sessions", _GENERATED)
            generated = _measure(scratch, scratch / "sessions", report)
            figures |= _figures(generated, "_generated" if data else "")
            if data is not None:
                real = [_measure(scratch, data / name, report) for name in _SETS]
                figures |= _figures([_together(rounds) for rounds in zip(*real, strict=True)], "")
                for name, rounds in zip(_SETS, real, strict=True):
                    figures |= _figures(rounds, "_" + name.partition("/")[0].replace("-", "_"))
            report("importing under a live window, counting its ticks")
            figures |= _ticks(scratch, [scratch / "sessions"])
            report("generating one session of 2 GB with a line of 12 MB, and importing it")
            figures |= _memory(scratch)
        return BenchResult(self.name, figures, environment())


class _ImportTiming(msgspec.Struct, frozen=True):
    """Seconds of an import and of its reference over the same bytes."""

    ours: float
    bare: float
    size: int


def _measure(scratch: Path, path: Path, report: Report) -> list[_ImportTiming]:
    rounds = []
    for number in range(1, _ROUNDS + 1):
        report(f"{path.name}: round {number} of {_ROUNDS}")
        ours = _child("import", scratch, [path])
        bare = _child("reference", scratch, [path])
        rounds.append(_ImportTiming(ours["seconds"], bare["seconds"], int(ours["bytes"])))
    return rounds


def _together(rounds: Sequence[_ImportTiming]) -> _ImportTiming:
    return _ImportTiming(
        sum(timing.ours for timing in rounds),
        sum(timing.bare for timing in rounds),
        sum(timing.size for timing in rounds),
    )


def _figures(rounds: Sequence[_ImportTiming], suffix: str) -> dict[str, Figure]:
    rates = sorted(timing.size / 1e6 / timing.ours for timing in rounds)
    ratios = sorted(timing.ours / timing.bare for timing in rounds)
    bare = statistics.median(timing.size / 1e6 / timing.bare for timing in rounds)
    middle = statistics.median
    return {
        f"mb_per_s{suffix}": Figure(middle(rates), "MB/s", rates[0], rates[-1], bare),
        f"ratio_to_reference{suffix}": Figure(middle(ratios), "x", ratios[0], ratios[-1], 1.0),
    }


def _memory(scratch: Path) -> dict[str, Figure]:
    huge = scratch / "huge.jsonl"
    write_one_session(huge, _HUGE, _LONG_LINE)
    measured = _child("import", scratch, [huge])
    huge.unlink()
    return {
        "peak_rss_mb": Figure(measured["peak_rss"] / 1e6, "MB"),
        "mb_per_s_2gb": Figure(measured["bytes"] / 1e6 / measured["seconds"], "MB/s"),
    }


def _ticks(scratch: Path, paths: Sequence[Path]) -> dict[str, Figure]:
    """The window's own program measures itself; the reference is the same window, idle."""
    store = scratch / "ticks.hpm"
    command = run_module("app", str(store), "--measure-import", *map(str, paths))
    variables = window_environment(scratch / "config")
    done = subprocess.run(command, capture_output=True, text=True, env=variables)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    measured = json.loads(done.stdout.splitlines()[-1])
    return {
        f"tick_gap_{name}_ms": Figure(
            measured[f"gap_{name}_ms"], "ms", reference=measured[f"idle_gap_{name}_ms"]
        )
        for name in ("max", "p99")
    }


def _child(what: str, scratch: Path, paths: Sequence[Path]) -> dict[str, float]:
    """Run one measurement in a process of its own, so that none warms up another."""
    command = run_module("hpm_engine.evaluation.import_once", what, str(scratch))
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    time.sleep(0.2)  # let the disk settle between the two that are compared
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured
