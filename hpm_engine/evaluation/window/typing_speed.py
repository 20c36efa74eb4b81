"""The benchmark of typing: the window's gaps while searches over 100,000 episodes are typed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.result import BenchResult, Report
from hpm_engine.evaluation.window.window_run import measured_window, over

_EPISODES = 100_000
_ROUNDS = 3
_SEARCHES = 8


class TypingSpeed:
    """``hpm bench typing``."""

    name = "typing"
    summary = "longest gap between ticks of the window while searches are typed, 100k episodes"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Type eight searches key by key into the real window; its idle ticks are the reference.

        ``answer_*`` is the time from the last key to its result, 200 ms of waiting for another
        key included; ``busy_max_ms`` the longest that the window's own thread computed in a gap.
        """
        store = generated_store(_EPISODES, report)
        rounds = []
        for round_ in range(_ROUNDS):
            report(f"typing, round {round_ + 1} of {_ROUNDS}")
            rounds.append(measured_window(store, "--measure-typing", str(_SEARCHES)))
        figures = {}
        for key in ("gap_max_ms", "gap_p99_ms", "gap_median_ms", "busy_max_ms"):
            idle = over(rounds, f"idle_{key}", "ms").value
            figure = over(rounds, key, "ms")
            figures[f"typing_{key}"] = msgspec.structs.replace(figure, reference=idle)
        for key, unit in (
            ("answer_median_ms", "ms"),
            ("answer_max_ms", "ms"),
            ("keys", "keys"),
            ("answers", "answers"),
            ("rss_mb", "MB"),
        ):
            figures[f"typing_{key}"] = over(rounds, key, unit)
        return BenchResult(self.name, figures, environment())
