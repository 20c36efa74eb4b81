"""The window's ticks while it fine-tunes a model."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.health.adaptation_jobs import tune
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb
from app.measure.ticks import Ticks
from hpm_engine import Adapted, Model

if TYPE_CHECKING:
    from app.shell.application import Program

_SETTLE_MS = 2_500  # what follows the first rows: figures, filters
_IDLE_MS = 2_000
_REST_MS = 700  # after it: the views that refresh count as well


class Tunings(QObject):
    """Fine-tunes each model, one after the other; ``finish`` receives the figures."""

    def __init__(self, program: Program, finish: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(program.window)
        self._window, self._finish = program.window, finish
        self._figures: dict[str, Any] = {}
        self._left = list(Model)
        self._ticks = Ticks(self)
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is not None and self._window.workspace is not None:
            self._window.workspace.navigator.go(Place(ViewName.EPISODES))
            QTimer.singleShot(_SETTLE_MS, self, self._wait_idle)

    def _wait_idle(self) -> None:
        """First the ticks with nothing going on: the machine's own noise."""
        self._ticks.start()
        QTimer.singleShot(_IDLE_MS, self, self._begin)

    def _begin(self) -> None:
        self._figures = self._named("idle")
        self._next()

    def _next(self) -> None:
        assert self._window.workspace is not None
        if not self._left:
            self._finish(self._figures | {"rss_mb": memory_mb()})
            return
        model = self._left.pop(0)
        started = time.perf_counter()

        def tuned(adapted: Adapted) -> None:
            self._figures[f"{model.value}_s"] = round(time.perf_counter() - started, 1)
            self._figures[f"{model.value}_accepted"] = adapted.accepted
            QTimer.singleShot(_REST_MS, self, lambda: self._rested(model))

        self._ticks.start()
        tune(self._window.workspace.session, model).succeeded.connect(tuned)

    def _rested(self, model: Model) -> None:
        self._figures |= self._named(model.value)
        self._next()

    def _named(self, phase: str) -> dict[str, float]:
        return {f"{phase}_{name}": value for name, value in self._ticks.stop().items()}
