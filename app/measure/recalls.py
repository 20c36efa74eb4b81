"""The window's ticks while a store is indexed for recall and while cues are asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb
from app.measure.ticks import Ticks
from app.recall.recall_answer import Answer
from app.recall.view import RecallView
from hpm_engine import EpisodeQuery, Job, Memory

if TYPE_CHECKING:
    from app.shell.application import Program

_SETTLE_MS = 2_500  # what follows the first rows: figures, filters
_IDLE_MS = 2_000
_PAUSE_MS = 400  # what was found is painted, its first episode inspected


class Recalls(QObject):
    """Asks for the tasks of episodes, and of each answer what it were without its first hit.

    ``finish`` receives the figures.
    """

    def __init__(
        self, program: Program, cues: int, finish: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__(program.window)
        self._window, self._wanted, self._finish = program.window, cues, finish
        self._figures: dict[str, Any] = {}
        self._answers: list[float] = []
        self._cues: Iterator[str] = iter(())
        self._asked = 0.0
        self._ticks = Ticks(self)
        self._view: RecallView | None = None
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is None or (opened := self._window.workspace) is None:
            return
        opened.navigator.go(Place(ViewName.RECALL))
        view = opened.view(ViewName.RECALL)
        assert isinstance(view, RecallView)
        self._view = view
        view.recalling.answered.connect(self._on_answer)
        opened.session.read(self._tasks).succeeded.connect(self._on_tasks)

    def _tasks(self, memory: Memory, _job: Job) -> list[str]:
        episodes = memory.episodes.find(EpisodeQuery(top_level=True))
        step = max(1, len(episodes) // self._wanted)
        ids = episodes.window(0, len(episodes))[::step][: self._wanted]
        return [episode.task for episode in memory.episodes.get(ids) if episode.task.strip()]

    def _on_tasks(self, tasks: list[str]) -> None:
        self._cues = iter(tasks)
        QTimer.singleShot(_SETTLE_MS, self, self._wait_idle)

    def _wait_idle(self) -> None:
        """First the ticks with nothing going on: the machine's own noise."""
        self._ticks.start()
        QTimer.singleShot(_IDLE_MS, self, self._index)

    def _index(self) -> None:
        self._figures = self._named("idle")
        self._ticks.start()
        assert self._view is not None
        if self._view.index.waiting:
            self._asked = time.perf_counter()
            self._view.index.counted.connect(self._on_counted)
            self._view.index.begin()
        else:
            self._begin()

    def _on_counted(self, waiting: int) -> None:
        session = self._window.workspace.session if self._window.workspace is not None else None
        if not waiting and session is not None and not session.writing:
            self._view_index_done()

    def _view_index_done(self) -> None:
        assert self._view is not None
        self._view.index.counted.disconnect(self._on_counted)
        self._figures |= self._named("indexing")
        self._figures["indexing_s"] = round(time.perf_counter() - self._asked, 1)
        self._begin()

    def _begin(self) -> None:
        self._ticks.start()
        self._ask()

    def _ask(self) -> None:
        assert self._view is not None
        cue = next(self._cues, "")
        if not cue:
            self._end()
            return
        self._view.cue.show_cue(cue)
        self._asked = time.perf_counter()
        self._view.cue.ask()

    def _on_answer(self, answer: Answer) -> None:
        if self._asked:
            self._answers.append(round((time.perf_counter() - self._asked) * 1000, 1))
            self._asked = 0.0
        then = self._ask if answer.without or not answer.rows else self._leave_out
        QTimer.singleShot(_PAUSE_MS, self, then)

    def _leave_out(self) -> None:
        assert self._view is not None
        self._view.leave_out()

    def _end(self) -> None:
        answers = sorted(self._answers)
        self._figures |= self._named("recall") | {
            "answers": len(answers),
            "answer_first_ms": self._answers[0],
            "answer_median_ms": answers[len(answers) // 2],
            "answer_max_ms": answers[-1],
            "rss_mb": memory_mb(),
        }
        self._finish(self._figures)

    def _named(self, phase: str) -> dict[str, float]:
        return {f"{phase}_{name}": value for name, value in self._ticks.stop().items()}
