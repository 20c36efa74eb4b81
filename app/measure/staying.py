"""The window left open on a store that others use: its ticks while it goes from view to view."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb
from app.measure.ticks import Ticks

if TYPE_CHECKING:
    from app.shell.application import Program

_TURN_MS = 4_000  # on each view


class Staying(QObject):
    """Shows one view after the other for so many seconds; ``finish`` receives the figures."""

    def __init__(
        self, program: Program, seconds: int, finish: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__(program.window)
        self._window, self._seconds, self._finish = program.window, seconds, finish
        self._views = cycle(ViewName)
        self._shown = 0
        self._ticks = Ticks(self)
        self._turns = QTimer(self, interval=_TURN_MS)
        self._turns.timeout.connect(self._turn)
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is None:
            return
        self._ticks.start()
        self._turns.start()
        QTimer.singleShot(1000 * self._seconds, self, self._end)

    def _turn(self) -> None:
        workspace = self._window.workspace
        assert workspace is not None
        workspace.navigator.go(Place(next(self._views)))
        self._shown += 1

    def _end(self) -> None:
        self._turns.stop()
        figures: dict[str, Any] = {"views": self._shown, "rss_mb": memory_mb()}
        self._finish(figures | self._ticks.stop())
