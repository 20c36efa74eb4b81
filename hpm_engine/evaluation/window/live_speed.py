"""The benchmark of the live window: how soon it shows a line that is in the store."""

from __future__ import annotations

import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from hpm_engine.evaluation.environment import environment, window_environment
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.live_session import LiveSession, kept_up_to_date, wait_for_steps
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import open_memory
from hpm_engine.syncer import Syncer
from hpm_engine.system.own_process import run_module

_EPISODES = 1_000
_TRIES = 50
_LONGEST = 4.0  # seconds between two lines, at most
_STARTS = 8.0  # seconds until the window is open and has taken its turn
_POLL = 0.004  # seconds between two looks at the store
_ENDS = 60.0  # seconds
_SEED = 7
_BAR = 1.0  # s


class LiveSpeed:
    """``hpm bench live``."""

    name = "live"
    summary = "how soon an open window shows an appended line that is in the store"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Append lines to a session that the real window shows, live steps followed.

        Once the window keeps the store up to date itself, once another program does. Measured is
        from the moment when the store has the line to the paint of its card with its text. It takes
        ten minutes; ``data`` is not looked at.
        """
        figures = _shown("kept by the window", report, by_window=True)
        figures |= _shown("kept by another program", report, by_window=False)
        return BenchResult(self.name, figures, environment())


def _shown(name: str, report: Report, *, by_window: bool) -> dict[str, Figure]:
    with tempfile.TemporaryDirectory(prefix="hpm-live-") as folder:
        store = Path(folder) / "live.hpm"
        shutil.copyfile(generated_store(_EPISODES, report), store)
        session = LiveSession(Path(folder) / "sessions")
        with open_memory(store) as memory:
            memory.chosen.add(session.folder)
            Syncer().sync(memory)
            before = memory.figures.stats().steps - session.lines
        with nullcontext() if by_window else kept_up_to_date(store):
            waits, measured = _waits(store, session, before, name, report)
    ordered = sorted(waits)
    last = ordered[int(len(ordered) * 0.95)]
    return {
        f"line shown, {name}": Figure(
            statistics.median(ordered), "s", ordered[0], ordered[-1], _BAR
        ),
        f"line shown, {name}, 95 %": Figure(last, "s", reference=_BAR),
        f"window's thread, {name}": Figure(measured["busy_max_ms"], "ms"),
    }


def _waits(
    store: Path, session: LiveSession, before: int, name: str, report: Report
) -> tuple[list[float], dict[str, float]]:
    """Seconds from the store to the window, line by line, and the window's other figures."""
    command = run_module("app", str(store), "--measure-live", str(_TRIES + 1))
    variables = window_environment(store.parent / "config")
    stored: dict[int, float] = {}
    chance = random.Random(_SEED)
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables) as window,
        open_memory(store, read_only=True) as memory,
    ):
        try:
            time.sleep(_STARTS)
            for number in range(1, _TRIES + 1):
                time.sleep(chance.uniform(0.2, _LONGEST))
                session.append()
                wait_for_steps(memory, before + session.lines, _POLL)
                stored[session.lines] = time.time()
                if number % 10 == 0:
                    report(f"{name}: {number} of {_TRIES} lines")
            output, _ = window.communicate(timeout=_ENDS)
        except BaseException:
            window.kill()
            raise
    if window.returncode:
        raise RuntimeError(f"the window ended with status {window.returncode}")
    measured = json.loads(output.splitlines()[-1])
    shown = {int(steps): at for steps, at in measured.pop("shown").items()}
    return [shown[steps] - at for steps, at in stored.items()], measured
