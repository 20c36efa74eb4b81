"""When an open window shows each step of a session that goes on, its live steps followed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer

from app.episodes.episode_pane import EpisodePane
from app.episodes.view import EpisodesView
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb
from app.measure.ticks import Ticks
from hpm_engine import EpisodeQuery, Job, Memory

if TYPE_CHECKING:
    from app.shell.application import Program

_SETTLE_MS = 2_000  # what follows the first rows: figures, filters
_LOOK_MS = 5


class Live(QObject):
    """Shows the newest episode until it has ``steps``; ``finish`` receives the figures.

    ``shown`` of them has, for each number of steps, when the last was painted with its text: in
    seconds since 1970, as another process appends them.
    """

    def __init__(
        self, program: Program, steps: int, finish: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__(program.window)
        self._window, self._steps, self._finish = program.window, steps, finish
        self._pane: EpisodePane | None = None
        self._shown: dict[int, float] = {}
        self._ticks = Ticks(self)
        self._timer = QTimer(self, interval=_LOOK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is not None and self._window.workspace is not None:
            self._window.workspace.session.read(_newest).succeeded.connect(self._on_newest)

    def _on_newest(self, episode_id: int) -> None:
        workspace = self._window.workspace
        assert workspace is not None
        workspace.navigator.go(Place(ViewName.EPISODES, episode_id, 0))
        view = workspace.view(ViewName.EPISODES)
        assert isinstance(view, EpisodesView)
        self._pane = view.pane
        QTimer.singleShot(_SETTLE_MS, self, self._follow)

    def _follow(self) -> None:
        assert self._pane is not None
        self._pane.toggle_follow()
        self._ticks.start()
        self._timer.start()

    def _look(self) -> None:
        assert self._pane is not None
        steps = _painted(self._pane)
        if steps <= max(self._shown, default=0):
            return
        self._pane.timeline.viewport().repaint()
        now = time.time()
        for count in range(max(self._shown, default=0) + 1, steps + 1):
            self._shown[count] = now
        if steps >= self._steps:
            self._timer.stop()
            figures: dict[str, Any] = {"shown": self._shown}
            self._finish(figures | self._ticks.stop() | {"rss_mb": memory_mb()})


def _painted(pane: EpisodePane) -> int:
    """The steps of which the last is in sight with its text; 0 while it is not."""
    timeline = pane.timeline
    column, last = timeline.column, timeline.arranged_last()
    if column is None or timeline.texts.step(last) is None:
        return 0
    top, height = timeline.verticalScrollBar().value(), timeline.viewport().height()
    return len(column) if any(seq == last for seq, _ in column.in_sight(top, height)) else 0


def _newest(memory: Memory, _job: Job) -> int:
    [newest] = memory.episodes.find(EpisodeQuery()).window(0, 1)
    return newest
