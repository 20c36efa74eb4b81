"""The map in the real window: how soon it is seen, what a paint costs, ticks while it is fitted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPointF, QTimer

from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb
from app.measure.ticks import Ticks

if TYPE_CHECKING:
    from app.prototypes.view import PrototypesView
    from app.shell.application import Program

_SETTLE_MS = 2_500  # what follows the first rows: figures, filters
_IDLE_MS = 2_000
_PAINTS = 60  # of panning, and as many of zooming in and out
_ZOOM = 1.15  # times, a turn of the wheel


class Maps(QObject):
    """Goes to the Prototypes view, moves its map about, and lays it out anew.

    ``finish`` receives the figures.
    """

    def __init__(self, program: Program, finish: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(program.window)
        self._window, self._finish = program.window, finish
        self._figures: dict[str, Any] = {}
        self._ticks = Ticks(self)
        self._view: PrototypesView | None = None
        self._asked = 0.0
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is not None and (opened := self._window.workspace) is not None:
            opened.navigator.go(Place(ViewName.EPISODES))
            QTimer.singleShot(_SETTLE_MS, self, self._wait_idle)

    def _wait_idle(self) -> None:
        """First the ticks with nothing going on: the machine's own noise."""
        self._ticks.start()
        QTimer.singleShot(_IDLE_MS, self, self._visit)

    def _visit(self) -> None:
        self._figures = self._named("idle")
        workspace = self._window.workspace
        assert workspace is not None
        self._ticks.start()
        self._asked = time.perf_counter()
        workspace.navigator.go(Place(ViewName.PROTOTYPES))
        from app.prototypes.view import PrototypesView  # as late as in the window

        view = workspace.view(ViewName.PROTOTYPES)
        assert isinstance(view, PrototypesView)
        self._view = view
        self._look = QTimer(self, interval=2)
        self._look.timeout.connect(self._look_for_map)
        self._look.start()

    def _look_for_map(self) -> None:
        if self._view is not None and self._view.map is not None:
            self._look.stop()
            self._view.map.map.painted.connect(self._on_painted)
            self._view.map.map.update()  # it may have been painted already; then this counts

    def _on_painted(self) -> None:
        if self._asked:
            self._figures["first_show_s"] = round(time.perf_counter() - self._asked, 3)
            self._asked = 0.0
            QTimer.singleShot(_IDLE_MS, self, self._move)

    def _move(self) -> None:
        self._figures |= self._named("first")
        assert self._view is not None and self._view.map is not None
        shown = self._view.map.map
        self._figures["points"] = 0 if shown.scene is None else len(shown.scene.points)
        self._figures["prototypes"] = len(self._view.model.prototypes)
        moves: list[Callable[[int], None]] = [
            lambda number: shown.pan(11 if number % 20 < 10 else -11, 7 if number % 2 else -7),
            lambda number: shown.zoom(_ZOOM if number < _PAINTS // 2 else 1 / _ZOOM, _NEAR_CORNER),
        ]
        paints, busy = [], []
        for move in moves:
            for number in range(_PAINTS):
                started, computed = time.perf_counter(), time.thread_time()
                move(number)
                shown.repaint()
                paints.append((time.perf_counter() - started) * 1000)
                busy.append((time.thread_time() - computed) * 1000)
        for name, values in (("paint", paints), ("paint_busy", busy)):
            values.sort()
            self._figures[f"{name}_max_ms"] = round(values[-1], 1)
            self._figures[f"{name}_median_ms"] = round(values[len(values) // 2], 1)
        self._ticks.start()
        self._asked_fit = time.perf_counter()
        self._view.map.arrived.connect(self._on_fitted)
        self._view.map.lay_out()

    def _on_fitted(self) -> None:
        self._figures["fit_s"] = round(time.perf_counter() - self._asked_fit, 1)
        self._figures |= self._named("fit")
        self._figures["rss_mb"] = memory_mb()
        assert self._window.workspace is not None
        # The window opens where it was left: the next one shall not begin with the map.
        self._window.workspace.navigator.go(Place(ViewName.EPISODES))
        self._finish(self._figures)

    def _named(self, phase: str) -> dict[str, float]:
        return {f"{phase}_{name}": value for name, value in self._ticks.stop().items()}


_NEAR_CORNER = QPointF(180, 140)
