"""Sources that are read ahead while the store is busy outside Python's lock."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from threading import Event

from hpm_engine.importing.preparation import PreparedSource

_HELD_BYTES = 32 * 1024 * 1024  # of sources read ahead, whose steps take about twice as much


class ReadAhead(Iterator[PreparedSource]):
    """The sources of an import in their order, some of them read ahead.

    Reading ahead helps beside calls that stay outside Python's lock for long (a commit, a batch for
    the index); beside a call that returns for every row both threads would wait for each other.
    """

    def __init__(self, reader: Executor) -> None:
        self._sources: Iterator[PreparedSource] = iter(())
        self._reader = reader
        self._ready: deque[PreparedSource] = deque()
        self._held = 0

    def start(self, sources: Iterator[PreparedSource]) -> None:
        """Read from ``sources`` from now on."""
        self._sources = sources

    def __next__(self) -> PreparedSource:
        """The next source."""
        if not self._ready:
            return next(self._sources)
        prepared = self._ready.popleft()
        self._held -= _size(prepared)
        return prepared

    def next_small(self) -> PreparedSource | None:
        """The next source; None without one, or if it is large: a large one stays the next."""
        prepared = next(self, None)
        if prepared is not None and prepared.unread:
            self._ready.appendleft(prepared)
            return None
        return prepared

    def read_on(self, seconds: float) -> None:
        """Read ahead for some seconds, or wait; return at once when all sources are through."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            prepared = next(self._sources, None) if self._held < _HELD_BYTES else None
            if prepared is None:
                time.sleep(left if self._ready else 0)
                return
            self._ready.append(prepared)
            self._held += _size(prepared)

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Read ahead until the block ends; the current source is then read to its end."""
        stop = Event()
        reading = self._reader.submit(self._read, stop)
        try:
            yield
        finally:
            stop.set()
            reading.result()

    def _read(self, stop: Event) -> None:
        while not stop.is_set() and self._held < _HELD_BYTES:
            prepared = next(self._sources, None)
            if prepared is None:
                return
            self._ready.append(prepared)
            self._held += _size(prepared)


def _size(prepared: PreparedSource) -> int:
    return 0 if prepared.source is None or prepared.unread else prepared.source.size
