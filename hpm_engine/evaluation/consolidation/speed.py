"""The benchmark of cycles: their seconds, and the time until one that is stopped has stopped."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path

from hpm_engine.config import CYCLE_MEMORIES
from hpm_engine.errors import Cancelled, NotFound
from hpm_engine.evaluation.consolidation.window import many_figures, window_figures
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.peak_memory import peak_mb
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.job import Job, Progress
from hpm_engine.memory import Memory, open_memory

_TRACES = "mini-swe-agent-gemini3pro/trajs.tar.xz"
_LARGE = 2_500  # memories of the large cycle
_CYCLES = 5  # small ones, beside what the large one left
_STOPS = 12  # cycles that are stopped, each at another moment


class ConsolidationSpeed:
    """``hpm bench consolidate``."""

    name = "consolidate"
    summary = "cycles of 50 to 100,000 memories: seconds, memory, stopping; the window meanwhile"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Import and encode the traces, then consolidate them. Needs ``data``."""
        if data is None or not (data / _TRACES).exists():
            raise NotFound(f"The consolidation benchmark needs --data with {_TRACES} in it.")
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            path = Path(folder) / "cycles.hpm"
            with open_memory(path, create=True, actor="bench") as memory:
                report("importing and encoding")
                memory.import_paths([data / _TRACES])
                memory.encode()
            figures = window_figures(path, _LARGE, report)
            with open_memory(path, actor="bench") as memory:
                figures |= _measure(memory, report)
            figures |= many_figures(Path(folder), data, report)
        return BenchResult(self.name, figures, environment())


def _measure(memory: Memory, report: Report) -> dict[str, Figure]:
    report(f"stopping {_STOPS} cycles")
    # Each of another size: one that is called again would go on where it was stopped.
    waited = [_stopped(memory, _LARGE - number, number / _STOPS) for number in range(_STOPS)]
    before = peak_mb()
    report(f"a cycle of {_LARGE:,}")
    large = memory.consolidation.run(_LARGE, bound=1.0)
    report(f"{_CYCLES} cycles of {CYCLE_MEMORIES.value}")
    small = []
    for _ in range(_CYCLES):
        started = time.monotonic()
        memory.consolidation.run(CYCLE_MEMORIES.value, bound=1.0)
        small.append(time.monotonic() - started)
    return {
        "cycle_50_s": Figure(statistics.median(small), "s", min(small), max(small), 1.0),
        "cycle_2500_s": Figure(large.seconds, "s", reference=10.0),
        "cycle_2500_memories": Figure(large.memories, "memories"),
        "cancel_s": Figure(statistics.median(waited), "s", min(waited), max(waited), 1.0),
        "prototypes": Figure(len(memory.consolidation.prototypes()), "prototypes"),
        "peak_mb": Figure(peak_mb(), "MB", reference=600.0),
        "peak_before_cycles_mb": Figure(before, "MB"),
    }


def _stopped(memory: Memory, limit: int, share: float) -> float:
    """Seconds from asking a large cycle to stop, ``share`` of a second into its learning."""
    asked: list[float] = []

    def stop() -> None:
        asked.append(time.monotonic())
        job.cancel()

    timer = threading.Timer(share, stop)

    def begin(progress: Progress) -> None:
        if progress.note == "learning" and not timer.is_alive() and not asked:
            timer.start()

    job = Job(begin, interval=0)
    try:
        memory.consolidation.run(limit, job=job)
    except Cancelled:
        return time.monotonic() - asked[0]
    finally:
        timer.cancel()
    raise AssertionError("The cycle was over before it was stopped.")
