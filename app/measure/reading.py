"""A long conversation that is scrolled: how long each move and each arrival of texts takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.episodes.view import EpisodesView
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb
from app.measure.ticks import Ticks
from hpm_engine import EpisodeQuery, Job, Memory, SortColumn

if TYPE_CHECKING:
    from app.shell.application import Program

_SETTLE_MS = 2_000  # what follows the first rows: figures, filters
_REST_MS = 60  # between two moves: texts that were asked for come in
_PAGES = 60  # moves by most of a page, from the middle on
_JUMPS = 60  # moves to other places
_PAGE_SHARE = 0.8
_FORMS = ("markdown", "plain")


class Reading(QObject):
    """Scrolls the longest episode of a store, with all calls open; ``finish`` gets the figures."""

    def __init__(self, program: Program, finish: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(program.window)
        self._window, self._finish = program.window, finish
        self._figures: dict[str, Any] = {}
        self._forms = iter(_FORMS)
        self._form = ""
        self._moves: Iterator[float] = iter(())
        self._times: dict[str, list[float]] = {}
        self._ticks = Ticks(self)
        self._view: EpisodesView | None = None
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is not None and self._window.workspace is not None:
            self._window.workspace.session.read(_longest).succeeded.connect(self._on_longest)

    def _on_longest(self, episode_id: int) -> None:
        workspace = self._window.workspace
        assert workspace is not None
        workspace.navigator.go(Place(ViewName.EPISODES, episode_id, 1))
        view = workspace.view(ViewName.EPISODES)
        assert isinstance(view, EpisodesView)
        self._view = view
        texts = view.pane.timeline.texts
        texts.arrived.disconnect()
        texts.arrived.connect(self._on_arrived)
        QTimer.singleShot(_SETTLE_MS, self, self._next_form)

    def _next_form(self) -> None:
        assert self._view is not None
        if self._form:
            for name, times in self._times.items():
                self._figures |= _summary(f"{self._form}_{name}", times)
            busy = self._ticks.stop()["busy_max_ms"]
            self._figures[f"{self._form}_busy_max_ms"] = busy
        self._form = next(self._forms, "")
        if not self._form:
            self._finish(self._figures | {"rss_mb": memory_mb()})
            return
        self._view.pane.reading.change(folded=False, markdown=self._form == "markdown")
        self._times = {"move": [], "arrival": []}
        self._moves = _places()
        QTimer.singleShot(_SETTLE_MS, self, self._begin)

    def _begin(self) -> None:
        self._times = {"move": [], "arrival": []}
        self._ticks.start()
        self._move()

    def _move(self) -> None:
        assert self._view is not None
        where = next(self._moves, None)
        if where is None:
            self._next_form()
            return
        timeline = self._view.pane.timeline
        bar = timeline.verticalScrollBar()
        page = int(timeline.viewport().height() * _PAGE_SHARE)
        started = time.perf_counter()
        bar.setValue(bar.value() + page if where < 0 else int(bar.maximum() * where))
        timeline.viewport().repaint()
        self._times["move"].append((time.perf_counter() - started) * 1000)
        QTimer.singleShot(_REST_MS, self, self._move)

    def _on_arrived(self, seqs: frozenset[int]) -> None:
        """Texts came in: their cards are laid out and painted."""
        assert self._view is not None
        timeline = self._view.pane.timeline
        started = time.perf_counter()
        timeline.take_texts(seqs)
        timeline.viewport().repaint()
        self._times.get("arrival", []).append((time.perf_counter() - started) * 1000)


def _places() -> Iterator[float]:
    """Where to move: to a share of the whole, or (-1) by most of a page."""
    yield 0.5
    for _ in range(_PAGES):
        yield -1
    for number in range(_JUMPS):
        yield number * 0.618 % 1  # spread evenly, in no order


def _longest(memory: Memory, _job: Job) -> int:
    episodes = memory.episodes.find(EpisodeQuery(sort=SortColumn.STEPS))
    [longest] = episodes.window(0, 1)
    return longest


def _summary(name: str, times: list[float]) -> dict[str, float]:
    ordered = sorted(times) or [0.0]
    return {
        f"{name}_median_ms": round(median(ordered), 1),
        f"{name}_p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        f"{name}_max_ms": round(ordered[-1], 1),
    }
