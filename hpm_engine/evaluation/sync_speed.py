"""The benchmark of keeping a store up to date: what a look costs, and when a line is there."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.live_session import LiveSession, kept_up_to_date, wait_for_steps
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import open_memory
from hpm_engine.watching.disk import ComputerDisk
from hpm_engine.watching.sessions import any_file
from hpm_engine.watching.tree import WatchedRoot
from hpm_engine.watching.watch import EVERYTHING_EVERY, Watch

_FOLDERS = 30
_FILES = 7_500
_LOOKS = 15
_OLD = 86_400.0  # seconds: files that nobody looks at by themselves
_OLD_FILES = 10
_GIVEN_UP = 60.0  # seconds
_TICK = 0.5  # seconds between two looks
_TRIES = 50
_LONGEST = 6.0  # seconds between two lines, at most
_POLL = 0.02  # seconds between two looks at the store
_SEED = 7
_LOOK_BAR = 60.0  # ms of the processor
_LINE_BAR = 5.0  # s
_OLD_BAR = 12.0  # s: seen within ten, and due when it has stood for a second


class SyncSpeed:
    """``hpm bench sync``."""

    name = "sync"
    summary = "the cost of a look at 7,500 files, and when an appended line is in the store"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Measure on files that it makes; ``data`` is not looked at. It takes six minutes."""
        with tempfile.TemporaryDirectory(prefix="hpm-sync-") as name:
            figures = _looks(Path(name) / "many", report) | _lines(Path(name), report)
        return BenchResult(self.name, figures, environment())


def _looks(folder: Path, report: Report) -> dict[str, Figure]:
    report(f"{_FILES:,} files in {_FOLDERS} folders: look for what is new")
    for number in range(_FILES):
        path = folder / f"project-{number % _FOLDERS}" / f"session-{number}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
        os.utime(path, (time.time() - _OLD, time.time() - _OLD))
    watch = Watch(time.time, ComputerDisk())
    watch.follow([WatchedRoot(str(folder), any_file, {})])
    time.sleep(0.1)
    watch.done(watch.look_at_everything(), 0.0)
    costs = []
    for _ in range(_LOOKS):
        before = time.process_time()
        due = watch.look_at_everything()
        costs.append((time.process_time() - before) * 1000)
        if due:
            raise AssertionError(f"{len(due)} files are said to be new")
    median = statistics.median(costs)
    return {
        "look, nothing new": Figure(median, "ms CPU", min(costs), max(costs), _LOOK_BAR),
        "old file's line is due": _due_after(watch, folder, report),
    }


def _due_after(watch: Watch, folder: Path, report: Report) -> Figure:
    """Seconds until a line is due in a file that did not change for a day."""
    waits = []
    chance = random.Random(_SEED)
    for number in range(_OLD_FILES):
        began = time.monotonic()
        pause = chance.uniform(
            1, EVERYTHING_EVERY
        )  # so that it comes at any time between two looks
        while time.monotonic() - began < pause:
            watch.done(watch.look(), 0.0)
            time.sleep(_TICK)
        with (folder / f"project-{number}" / f"session-{number}.jsonl").open("a") as file:
            file.write("{}\n")
        began = time.monotonic()
        while not (due := watch.look()):
            if time.monotonic() - began > _GIVEN_UP:
                raise AssertionError(f"a line was not seen within {_GIVEN_UP:.0f} s")
            time.sleep(_TICK)
        watch.done(due, 0.0)
        waits.append(time.monotonic() - began)
        report(f"{number + 1} of {_OLD_FILES} old files")
    return Figure(statistics.median(waits), "s", min(waits), max(waits), _OLD_BAR)


def _lines(folder: Path, report: Report) -> dict[str, Figure]:
    """Append lines to a session at odd moments, as an agent does, and wait for each."""
    session, store = LiveSession(folder / "live"), folder / "live.hpm"
    with open_memory(store, create=True) as memory:
        memory.chosen.add(session.folder)
    waits: list[float] = []
    chance = random.Random(_SEED)
    with kept_up_to_date(store), open_memory(store, read_only=True) as memory:
        wait_for_steps(memory, 1, _POLL)
        for number in range(1, _TRIES + 1):
            time.sleep(chance.uniform(0.2, _LONGEST))
            began = time.monotonic()
            session.append()
            wait_for_steps(memory, session.lines, _POLL)
            waits.append(time.monotonic() - began)
            if number % 10 == 0:
                report(f"{number} of {_TRIES} lines")
    median, last = statistics.median(waits), sorted(waits)[int(len(waits) * 0.95)]
    return {
        "line in the store": Figure(median, "s", min(waits), max(waits), _LINE_BAR),
        "line in the store, 95 %": Figure(last, "s"),
    }
