"""The benchmark of the Masks view: its slider, its heat map, its ticks while episodes compress."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import msgspec

from hpm_engine.evaluation.compression.generated_masks import (
    COMPRESSED,
    LENGTH,
    WHOLE,
    masked_store,
)
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.result import BenchResult, Report
from hpm_engine.evaluation.window.window_run import measured_window, over

_ROUNDS = 3
_MS = (
    "slider_estimate_max_ms",
    "slider_estimate_median_ms",
    "slider_ready_max_ms",
    "slider_ready_median_ms",
    "exact_median_ms",
    "rebuilt_ms",
    "rebuilt_gap_max_ms",
    "heat_paint_max_ms",
    "heat_paint_median_ms",
    "heat_scroll_max_ms",
)
_GAPS = ("gap_max_ms", "gap_p99_ms", "busy_max_ms")


class MasksWindow:
    """``hpm bench masks``."""

    name = "masks"
    summary = (
        f"slider at {LENGTH:,} steps, paints of {COMPRESSED:,} masks,"
        f" ticks while {WHOLE:,} episodes are compressed"
    )

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Drive the real window on a generated store.

        ``slider_*`` is from a move of the slider to the painted kept set, where its budget is
        computed already (``ready``) and where it is not (``estimate``); ``exact`` is how long it
        takes to compute one, and ``rebuilt`` until what its values rebuild is painted, with the
        longest gap between two ticks meanwhile. ``heat_*`` are paints of the store's masks
        (``scroll`` with rows that come in on the way); ``compress_*`` gaps between ticks of 10 ms,
        idle ones as reference.
        """
        store = masked_store(report)
        rounds = []
        with tempfile.TemporaryDirectory(prefix="hpm-masks-") as folder:
            for round_ in range(_ROUNDS):
                report(f"masks, round {round_ + 1} of {_ROUNDS}")
                copy = Path(folder) / f"{round_}.hpm"  # compressing changes it
                shutil.copy(store, copy)
                rounds.append(measured_window(copy, "--measure-masks"))
                copy.unlink()
        figures = {name: over(rounds, name, "ms") for name in _MS}
        for name in _GAPS:
            idle = over(rounds, f"idle_{name}", "ms").value
            figure = over(rounds, f"compress_{name}", "ms")
            figures[f"compress_{name}"] = msgspec.structs.replace(figure, reference=idle)
        figures["compress_episodes_s"] = over(rounds, "compress_episodes_s", "episodes/s")
        figures["rss_mb"] = over(rounds, "rss_mb", "MB")
        return BenchResult(self.name, figures, environment())
