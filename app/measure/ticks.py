"""The gaps between the ticks of the window's event loop: what a person feels as stutter."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

_INTERVAL_MS = 10


class Ticks(QObject):
    """A timer of 10 ms that notes when it was really called."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._gaps: list[float] = []
        self._last = self._last_busy = self._busiest = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Begin to count."""
        self._gaps.clear()
        self._busiest = 0.0
        self._last, self._last_busy = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> dict[str, float]:
        """Stop; the longest gap and the 99th percentile, in milliseconds, and their number.

        ``busy_max_ms`` is the most that the window's own thread computed between two ticks: on a
        machine that is busy with other things the rest of a gap is waiting for a core.
        """
        self._on_tick()
        self._timer.stop()
        gaps = sorted(self._gaps)
        return {
            "gap_max_ms": round(gaps[-1] * 1000, 1),
            "gap_p99_ms": round(gaps[int(len(gaps) * 0.99)] * 1000, 1),
            "gap_median_ms": round(gaps[len(gaps) // 2] * 1000, 1),
            "busy_max_ms": round(self._busiest * 1000, 1),
            "ticks": len(gaps),
        }

    def _on_tick(self) -> None:
        now, busy = time.perf_counter(), time.thread_time()
        self._gaps.append(now - self._last)
        self._busiest = max(self._busiest, busy - self._last_busy)
        self._last, self._last_busy = now, busy
