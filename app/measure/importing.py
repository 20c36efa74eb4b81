"""The window's ticks while it imports: the whole of it, with the jobs and views that follow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.kit.engine_thread import Task
from app.measure.process import memory_mb
from app.measure.ticks import Ticks
from hpm_engine import ImportReport

if TYPE_CHECKING:
    from app.shell.application import Program

_REST_MS = 500  # after the import: the views that refresh count as well
_IDLE_MS = 2000


class Importing(QObject):
    """Imports as a person would and counts ticks; ``finish`` receives the figures."""

    def __init__(
        self, program: Program, paths: list[Path], finish: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__(program.window)
        self._window, self._paths, self._finish = program.window, paths, finish
        self._figures: dict[str, Any] = {}
        self._imports: Task | None = None
        self._ticks = Ticks(self)
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is not None and self._window.workspace is not None:
            self._window.workspace.session.job_started.connect(self._on_started)
            QTimer.singleShot(_REST_MS, self, self._wait_idle)

    def _wait_idle(self) -> None:
        """First the ticks with nothing going on: the machine's own noise."""
        self._ticks.start()
        QTimer.singleShot(_IDLE_MS, self, self._begin)

    def _begin(self) -> None:
        self._figures = {f"idle_{name}": value for name, value in self._ticks.stop().items()}
        self._ticks.start()
        self._window.imports.begin(self._paths)

    def _on_started(self, task: Task) -> None:
        """The first job is the import; what it begins afterwards is not measured."""
        if self._imports is None:
            self._imports = task
            task.succeeded.connect(self._on_imported)

    def _on_imported(self, report: ImportReport) -> None:
        self._figures |= {
            "episodes": report.episodes_added,
            "seconds": round(report.seconds, 2),
            "bytes": report.raw_size,
        }
        QTimer.singleShot(_REST_MS, self, self._end)

    def _end(self) -> None:
        self._figures |= self._ticks.stop() | {"rss_mb": memory_mb()}
        self._stop_the_rest()

    def _stop_the_rest(self) -> None:
        workspace = self._window.workspace
        if workspace is None or not workspace.session.writing:
            self._finish(self._figures)
            return
        workspace.session.cancel_writes()
        QTimer.singleShot(_REST_MS, self, self._stop_the_rest)
