"""The Masks view at work: its slider, its heat map, and ticks of the window while it compresses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.masks.jobs import compress
from app.masks.mask_reading import RATIOS
from app.masks.view import MasksView
from app.measure.process import memory_mb
from app.measure.ticks import Ticks
from hpm_engine import Budget, CompressionReport, EpisodeQuery, Job, Memory

if TYPE_CHECKING:
    from app.shell.application import Program

_SETTLE_MS = 2_500  # what follows the first rows: figures, filters
_IDLE_MS = 2_000
_SCROLLS = 60
_REST_MS = 30  # between two moves: pages that were asked for come in


class Masks(QObject):
    """Drives the view through its work; ``finish`` receives the figures."""

    def __init__(self, program: Program, finish: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(program.window)
        self._window, self._finish = program.window, finish
        self._figures: dict[str, Any] = {}
        self._whole: list[int] = []
        self._view: MasksView | None = None
        self._exact: list[float] = []
        self._arrived_at = 0.0
        self._times: dict[str, list[float]] = {"estimate": [], "ready": []}
        self._ticks = Ticks(self)
        self._moves: Iterator[int] = iter(())
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is not None and self._window.workspace is not None:
            self._window.workspace.session.read(_places).succeeded.connect(self._on_places)

    def _on_places(self, places: tuple[int, list[int]]) -> None:
        long, self._whole = places
        workspace = self._window.workspace
        assert workspace is not None
        workspace.navigator.go(Place(ViewName.MASKS, long))
        view = workspace.view(ViewName.MASKS)
        assert isinstance(view, MasksView)
        self._view = view
        view.pages.setCurrentWidget(view.pane)
        view.pane.more.set_open(True)
        view.pane.ladder.arrived.connect(self._on_first)

    # -- the slider ------------------------------------------------------------------------

    def _on_first(self) -> None:
        """One budget is here: the others are estimates until they are computed."""
        assert self._view is not None
        self._view.pane.ladder.arrived.disconnect(self._on_first)
        QTimer.singleShot(_REST_MS, self, self._move_all)  # the first show is not the slider's

    def _move_all(self) -> None:
        assert self._view is not None
        ladder = self._view.pane.ladder
        self._arrived_at = time.perf_counter()
        ladder.more.connect(self._on_more)
        here = self._view.pane.budget.slider.value()
        stops = sorted(range(len(RATIOS)), key=lambda stop: abs(stop - here))
        for stop in (*stops[1:], here):
            self._move(stop)

    def _move(self, stop: int) -> None:
        assert self._view is not None
        pane = self._view.pane
        ready = RATIOS[stop] in pane.ladder.ready()
        started = time.perf_counter()
        pane.budget.slider.setValue(stop)
        pane.details.strip.repaint()
        pane.details.steps.viewport().repaint()
        pane.transcript.text.viewport().repaint()
        took = (time.perf_counter() - started) * 1000
        self._times["ready" if ready else "estimate"].append(took)

    def _on_more(self) -> None:
        assert self._view is not None
        now = time.perf_counter()
        self._exact.append((now - self._arrived_at) * 1000)
        self._arrived_at = now
        if len(self._view.pane.ladder.ready()) < len(RATIOS):
            return
        self._view.pane.ladder.more.disconnect(self._on_more)
        for stop in (*range(len(RATIOS)), *reversed(range(len(RATIOS)))):
            self._move(stop)
        self._figures |= {"exact_median_ms": round(median(self._exact), 1)}
        for name, times in self._times.items():
            self._figures |= _summary(f"slider_{name}", times)
        self._arrived_at = time.perf_counter()
        self._ticks.start()
        self._view.pane.details.rebuilt.arrived.connect(self._on_rebuilt)

    def _on_rebuilt(self) -> None:
        """The last move ended where there is room for values: what they rebuild came in."""
        assert self._view is not None
        pane = self._view.pane
        pane.details.rebuilt.arrived.disconnect(self._on_rebuilt)
        pane.details.strip.repaint()
        self._figures |= {"rebuilt_ms": round((time.perf_counter() - self._arrived_at) * 1000, 1)}
        self._figures |= {f"rebuilt_{name}": value for name, value in self._ticks.stop().items()}
        self._begin_heat()

    # -- the heat map ----------------------------------------------------------------------

    def _begin_heat(self) -> None:
        assert self._view is not None
        self._view.pages.setCurrentWidget(self._view.store)
        self._view.store.more.set_open(True)
        self._times = {"scroll": [], "paint": []}
        bar = self._view.store.map.verticalScrollBar()
        down = [bar.maximum() * n // _SCROLLS for n in range(_SCROLLS + 1)]
        self._moves = iter((*down, *reversed(down)))
        QTimer.singleShot(_SETTLE_MS, self, self._scroll)

    def _scroll(self) -> None:
        assert self._view is not None
        where = next(self._moves, None)
        if where is None:
            self._figures |= _summary("heat_scroll", self._times["scroll"])
            self._figures |= _summary("heat_paint", self._times["paint"])
            QTimer.singleShot(_SETTLE_MS, self, self._wait_idle)
            return
        shown = self._view.store.map
        for name in ("scroll", "paint"):  # the second time with what the first one prepared
            started = time.perf_counter()
            shown.verticalScrollBar().setValue(where)
            shown.viewport().repaint()
            self._times[name].append((time.perf_counter() - started) * 1000)
        QTimer.singleShot(_REST_MS, self, self._scroll)

    # -- compressing -----------------------------------------------------------------------

    def _wait_idle(self) -> None:
        """First the ticks with nothing going on: the machine's own noise."""
        self._ticks.start()
        QTimer.singleShot(_IDLE_MS, self, self._compress)

    def _compress(self) -> None:
        self._figures |= {f"idle_{name}": value for name, value in self._ticks.stop().items()}
        assert self._window.workspace is not None
        self._ticks.start()
        task = compress(self._window.workspace.session, self._whole, Budget(), "")
        task.succeeded.connect(self._on_compressed)

    def _on_compressed(self, report: CompressionReport) -> None:
        speed = report.compressed / max(0.001, report.seconds)
        self._figures |= {f"compress_{name}": value for name, value in self._ticks.stop().items()}
        self._figures |= {"compress_episodes_s": round(speed, 1), "rss_mb": memory_mb()}
        self._finish(self._figures)


def _places(memory: Memory, _job: Job) -> tuple[int, list[int]]:
    """The longest episode, and the whole ones but for it."""
    episodes = memory.episodes.find(EpisodeQuery(text="steps:>1000"))
    [long] = episodes.window(0, 1)
    episodes = memory.episodes.find(EpisodeQuery(text="kept:whole"))
    return long, [key for key in episodes.window(0, len(episodes)) if key != long]


def _summary(name: str, times: list[float]) -> dict[str, float]:
    return {
        f"{name}_max_ms": round(max(times), 1),
        f"{name}_median_ms": round(median(times), 1),
    }
