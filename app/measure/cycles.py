"""The window's ticks while it previews a cycle of consolidation and while it runs that cycle."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.consolidation.view import ConsolidationView
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb
from app.measure.ticks import Ticks

if TYPE_CHECKING:
    from app.shell.application import Program

_IDLE_MS = 2_000
_SETTLE_MS = 2_500  # what follows the first rows: figures, filters
_LOOK_MS = 200
_REST_MS = 700  # after a cycle: the views that refresh count as well


class Cycles(QObject):
    """Previews a cycle of so many memories, then runs it; ``finish`` receives the figures."""

    def __init__(
        self, program: Program, memories: int, finish: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__(program.window)
        self._window, self._memories, self._finish = program.window, memories, finish
        self._figures: dict[str, Any] = {}
        self._ticks = Ticks(self)
        self._begun = 0.0
        self._view: ConsolidationView | None = None
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is None or (opened := self._window.workspace) is None:
            return
        opened.navigator.go(Place(ViewName.CONSOLIDATION))
        view = opened.view(ViewName.CONSOLIDATION)
        assert isinstance(view, ConsolidationView)
        self._view = view
        view.pane.memories.setValue(self._memories)
        self._when(lambda: view.standing is not None, self._settle)

    def _settle(self) -> None:
        QTimer.singleShot(_SETTLE_MS, self, self._wait_idle)

    def _wait_idle(self) -> None:
        """First the ticks with nothing going on: the machine's own noise."""
        self._ticks.start()
        QTimer.singleShot(_IDLE_MS, self, self._preview)

    def _preview(self) -> None:
        view = self._view
        assert view is not None
        self._figures = self._named("idle")
        self._start()
        view.preview_cycle()
        self._when(lambda: view.card.stands, lambda: self._rest("preview", self._run))

    def _run(self) -> None:
        view = self._view
        assert view is not None
        cycles = -1 if view.standing is None else view.standing.cycles
        self._start()
        view.run_cycle()
        self._when(
            lambda: view.standing is not None and view.standing.cycles > cycles,
            lambda: self._rest("cycle", self._end),
        )

    def _start(self) -> None:
        self._ticks.start()
        self._begun = time.perf_counter()

    def _rest(self, phase: str, then: Callable[[], None]) -> None:
        self._figures[f"{phase}_s"] = round(time.perf_counter() - self._begun, 2)

        def rested() -> None:
            self._figures |= self._named(phase)
            then()

        QTimer.singleShot(_REST_MS, self, rested)

    def _when(self, so: Callable[[], bool], then: Callable[[], None]) -> None:
        """Go on with ``then`` once something is so."""
        if so():
            then()
        else:
            QTimer.singleShot(_LOOK_MS, self, lambda: self._when(so, then))

    def _end(self) -> None:
        report = None if self._view is None else self._view.model.row(0)
        assert report is not None
        self._finish(self._figures | {"memories": report.memories, "rss_mb": memory_mb()})

    def _named(self, phase: str) -> dict[str, float]:
        return {f"{phase}_{name}": value for name, value in self._ticks.stop().items()}
