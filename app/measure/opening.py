"""First rows, jump, sort and search in the real window, one after the other, each to its paint."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.episodes.view import EpisodesView
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb, since_start
from app.measure.ticks import Ticks
from hpm_engine import EpisodeQuery, Job, Memory, SortColumn

if TYPE_CHECKING:
    from app.shell.application import Program

_REST_MS = 150  # between two measurements, so that one's stragglers are not the next one's
_SETTLE_MS = 1500  # what follows the first rows: filters, figures, the first episode's steps


class Opening(QObject):
    """Runs the script of measurements; ``finish`` receives the figures."""

    def __init__(self, program: Program, finish: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(program.window)
        self._window, self._finish = program.window, finish
        self._figures: dict[str, Any] = {"sort_ms": {}}
        self._ticks = Ticks(self)
        self._note: Callable[[float], None] | None = self._on_first
        self._asked = 0.0
        self._word = ""
        self._script = self._steps()
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is None or (opened := self._window.workspace) is None:
            return
        opened.navigator.go(Place(ViewName.EPISODES))
        view = opened.view(ViewName.EPISODES)
        assert isinstance(view, EpisodesView)
        self._view = view
        view.rows_shown.connect(self._on_rows)

    def _on_rows(self) -> None:
        if self._note is not None:
            note, self._note = self._note, None
            note(time.perf_counter() - self._asked)

    def _on_first(self, _: float) -> None:
        self._figures["first_rows_s"] = round(since_start(), 3)
        assert self._window.workspace is not None
        task = self._window.workspace.session.read(_first_word)
        task.succeeded.connect(self._on_word)

    def _on_word(self, word: str) -> None:
        self._word = word
        self._ticks.start()
        QTimer.singleShot(_SETTLE_MS, self, self._next)

    def _next(self) -> None:
        if not next(self._script, False):
            self._figures |= self._ticks.stop()
            self._figures["rss_mb"] = memory_mb()
            self._finish(self._figures)

    def _steps(self) -> Iterator[bool]:
        """Each step asks for something and says where its time is noted."""
        table = self._view.table
        self._measure(self._jumped)
        table.scrollToBottom()
        table.watch_paint()
        yield True
        table.scrollToTop()
        for column in SortColumn:
            if column is not SortColumn.STARTED:
                self._measure(partial(self._sorted, column.value))
                self._view.set_query(EpisodeQuery(sort=column, descending=False))
                yield True
        self._measure(self._searched)
        self._view.counted.connect(self._on_counted)
        self._view.set_query(EpisodeQuery(text=self._word))
        yield True

    def _measure(self, note: Callable[[float], None]) -> None:
        def noted(seconds: float) -> None:
            note(round(seconds * 1000, 1))
            QTimer.singleShot(_REST_MS, self, self._next)

        self._note = noted
        self._asked = time.perf_counter()

    def _jumped(self, ms: float) -> None:
        self._figures["jump_last_row_ms"] = ms

    def _sorted(self, column: str, ms: float) -> None:
        self._figures["sort_ms"][column] = ms

    def _searched(self, ms: float) -> None:
        self._figures["search_ms"] = ms

    def _on_counted(self, episodes: int, hits: int) -> None:
        self._figures["search_episodes"], self._figures["search_hits"] = episodes, hits


def _first_word(memory: Memory, _job: Job) -> str:
    """A word that the store holds: the first of its newest task."""
    [newest] = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 1))
    return newest.task.split()[0]
