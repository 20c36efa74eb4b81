"""A session that grows line by line, and a program that keeps a store up to date with it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.syncer import Syncer

_GIVEN_UP = 60.0  # seconds
_TICK = 0.5  # seconds between two looks, as hpm run has it
_KEY = "00000000-1111-4222-8333-444444444444"


class LiveSession:
    """A session's file in a folder of its own, as an agent writes it; it begins with one line."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self._path = folder / f"{_KEY}.jsonl"
        self.lines = 0
        self.append()

    def append(self) -> None:
        """Add a line, whose time is now."""
        record = {
            "type": "user",
            "uuid": f"{_KEY}-{self.lines}",
            "parentUuid": f"{_KEY}-{self.lines - 1}" if self.lines else None,
            "sessionId": _KEY,
            "cwd": "/home/ada/tides",
            "version": "2.0.1",
            "timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "message": {"role": "user", "content": f"line {self.lines}"},
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        self.lines += 1


@contextmanager
def kept_up_to_date(store: Path) -> Iterator[None]:
    """Do meanwhile what ``hpm run`` does, in a thread of its own."""
    stop = threading.Event()

    def keep() -> None:
        with open_memory(store) as memory:
            syncer = Syncer()
            while not stop.is_set():
                syncer.keep(memory, Job())
                stop.wait(_TICK)
            syncer.let_go()

    keeper = threading.Thread(target=keep, name="hpm-sync")
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def wait_for_steps(memory: Memory, steps: int, every: float) -> None:
    """Look ``every`` so many seconds until the store has so many steps.

    Raises ``AssertionError`` after a minute.
    """
    until = time.monotonic() + _GIVEN_UP
    while memory.figures.stats().steps < steps:
        if time.monotonic() > until:
            raise AssertionError(f"step {steps} did not come within {_GIVEN_UP:.0f} s")
        time.sleep(every)
