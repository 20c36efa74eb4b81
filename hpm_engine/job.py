"""Progress and cancellation in one call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec

from hpm_engine.errors import Cancelled


class Progress(msgspec.Struct, frozen=True):
    """How far a piece of work is: ``done`` of ``total`` (``unit``), and what it is at.

    ``figures`` are measures of the work itself, such as a loss; which ones, the work says.
    """

    done: int
    total: int | None = None
    note: str = ""
    unit: str = ""
    figures: tuple[float, ...] = ()


class Job:
    """One piece of work under way: it says how far it is, and stops when asked.

    ``on_progress`` is called on the working thread, at most once per ``interval`` seconds:
    an unthrottled report per step costs the window 280-460 ms gaps.
    """

    def __init__(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        interval: float = 0.05,
        give_way: Callable[[], None] | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._interval = interval
        self._give_way = give_way
        self._stop = threading.Event()
        self._next = 0.0

    def cancel(self) -> None:
        """Ask the work to stop at its next step; safe from any thread."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._stop.is_set()

    def step(
        self,
        done: int,
        total: int | None = None,
        note: str = "",
        unit: str = "",
        figures: tuple[float, ...] = (),
    ) -> None:
        """Call often: raises ``Cancelled`` once asked to stop, reports now and then."""
        if self._stop.is_set():
            raise Cancelled
        if self._on_progress is None:
            return
        if (now := time.monotonic()) >= self._next:
            self._next = now + self._interval
            self._on_progress(Progress(done, total, note, unit, figures))

    def give_way(self) -> None:
        """Call between two transactions: short work that waits for this thread is done now."""
        if self._give_way is not None:
            self._give_way()
