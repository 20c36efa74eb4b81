"""The benchmark of checkpoints: what saving and loading cost, and what many of them take."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import zstandard

from hpm_engine.evaluation.checkpoints.growing_state import growing_state
from hpm_engine.evaluation.checkpoints.kill import kill_rounds
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory, open_memory

_SIZE = 100_000  # bytes of a state whose saving is timed
_TRIES = 50
_SNAPSHOTS = 100
_ROUNDS = 50
_SAVE_BAR = 10.0  # ms of the processor, as the next
_LOAD_BAR = 2.0
_LEVEL = 3  # zstd's, as states are stored with


class CheckpointBench:
    """``hpm bench checkpoints``."""

    name = "checkpoints"
    summary = "saving and loading states of 100 kB, what 100 of a growing one take, kill -9"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Measure on generated states; ``data`` is not looked at."""
        with tempfile.TemporaryDirectory(prefix="hpm-checkpoints-") as name:
            folder = Path(name)
            with open_memory(folder / "speed.hpm", create=True) as memory:
                figures = _speed(memory, report)
            with open_memory(folder / "growth.hpm", create=True) as memory:
                figures |= _growth(memory, report)
            counts = kill_rounds(folder, _ROUNDS, report)
        figures |= {
            f"killed: {name}": Figure(value, "rounds", reference=_ROUNDS)
            for name, value in counts.items()
        }
        return BenchResult(self.name, figures, environment())


def _speed(memory: Memory, report: Report) -> dict[str, Figure]:
    report(f"saving and loading {_TRIES} states of {_SIZE:,} bytes")
    (*_, text) = growing_state(5, 40)
    memory.checkpoints.save("warm", text)  # loads what cuts states
    saved, loaded, walls = [], [], []
    for number in range(_TRIES):
        state = (b"%d " % number + text)[:_SIZE]
        started, wall = time.process_time(), time.perf_counter()
        checkpoint = memory.checkpoints.save("state", state)
        saved.append(1e3 * (time.process_time() - started))
        walls.append(1e3 * (time.perf_counter() - wall))
        started = time.process_time()
        memory.checkpoints.state(checkpoint.id)
        loaded.append(1e3 * (time.process_time() - started))
    return {
        "saved": _milliseconds(saved, "ms CPU", _SAVE_BAR),
        "saved, until it is on disk": _milliseconds(walls, "ms", None),
        "loaded": _milliseconds(loaded, "ms CPU", _LOAD_BAR),
    }


def _growth(memory: Memory, report: Report) -> dict[str, Figure]:
    report(f"saving {_SNAPSHOTS} snapshots of a growing state")
    database = memory.internals.database
    database.compact()
    before, whole, state = memory.figures.stats().file_size, 0, b""
    for state in growing_state(9, _SNAPSHOTS):
        memory.checkpoints.save("growing", state)
        whole += len(state)
    database.compact()
    taken = memory.figures.stats().file_size - before
    packed = len(zstandard.ZstdCompressor(level=_LEVEL).compress(state))
    return {
        "snapshots, whole": Figure(whole / 1e6, "MB"),
        "the last one": Figure(len(state) / 1e6, "MB"),
        "the last one by itself, in zstd": Figure(packed / 1e6, "MB"),
        "all, in the store": Figure(taken / 1e6, "MB", reference=len(state) / 1e6),
    }


def _milliseconds(values: list[float], unit: str, bar: float | None) -> Figure:
    return Figure(statistics.median(values), unit, min(values), max(values), bar)
