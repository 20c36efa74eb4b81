"""Start-up and jump times of the real window, printed as JSON for the benchmark."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.navigation import Place, ViewName
from app.views.episodes import EpisodesView

if TYPE_CHECKING:
    from app.application import Options, Program

_TIMEOUT_MS = 60_000


def measure(program: Program, options: Options) -> int:
    """Open the store, wait for its first rows on screen, print the figures, and exit.

    With ``jump_last`` also the time from asking for the last row until it is painted.
    """
    window = program.window
    if options.store is None:
        sys.stderr.write("hpm-inspector: name the store to measure with.\n")
        return 2
    if options.size is not None:
        window.resize(*options.size)
    _FirstPaint(program, options.jump_last)
    window.stores.open(options.store)
    window.show()
    return program.qt.exec()


class _FirstPaint(QObject):
    """Waits for the rows, then for the jump, and ends the program."""

    def __init__(self, program: Program, jump: bool) -> None:
        super().__init__(program.window)
        self._program, self._jump = program, jump
        self._figures: dict[str, float] = {}
        self._asked = 0.0
        self._then: Callable[[], None] = self._on_first
        program.window.workspace_changed.connect(self._on_opened)
        QTimer.singleShot(_TIMEOUT_MS, program.window, lambda: program.qt.exit(3))

    def _on_opened(self, workspace: object) -> None:
        if workspace is None or (window := self._program.window).workspace is None:
            return
        window.workspace.navigator.go(Place(ViewName.EPISODES))
        view = window.workspace.view(ViewName.EPISODES)
        if isinstance(view, EpisodesView):
            self._view = view
            view.rows_shown.connect(lambda: self._then())

    def _on_first(self) -> None:
        self._then = _nothing
        self._figures["first_rows_s"] = round(since_start(), 3)
        self._figures["rss_mb"] = memory_mb()
        if not self._jump:
            self._end()
            return
        table = self._view.table
        self._then = self._on_jumped
        self._asked = time.monotonic()
        table.scrollToBottom()
        table.watch_paint()

    def _on_jumped(self) -> None:
        self._figures["jump_last_s"] = round(time.monotonic() - self._asked, 3)
        self._figures["rss_mb"] = memory_mb()
        self._end()

    def _end(self) -> None:
        self._then = _nothing
        sys.stdout.write(json.dumps(self._figures) + "\n")
        QTimer.singleShot(0, self._program.window, self._program.window.close)


def since_start() -> float:
    """Seconds since the process was started: by ``HPM_STARTED`` (Unix time) or the kernel."""
    if started := os.environ.get("HPM_STARTED"):
        return time.time() - float(started)
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except OSError:
        return time.perf_counter()
    return uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")


def memory_mb() -> float:
    """Resident memory of this process in megabytes; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    resident = next(line for line in lines if line.startswith("VmRSS:"))
    return round(int(resident.split()[1]) * 1024 / 1_000_000, 1)


def _nothing() -> None:
    pass
