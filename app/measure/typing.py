"""The window's ticks while somebody types searches, key by key, as fast as people do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from app.episodes.view import EpisodesView
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.measure.process import memory_mb
from app.measure.ticks import Ticks
from hpm_engine import EpisodeQuery, Job, Memory

if TYPE_CHECKING:
    from app.shell.application import Program

_KEY_MS = 70  # about 170 words a minute
_PAUSE_MS = 1_500  # after a search: what it found is shown, with the steps of the first episode
_SETTLE_MS = 2_500  # what follows the first rows: filters, figures, the first episode's steps
_IDLE_MS = 2_000
_BACK = "\b"
# {0} and {1} are words that the store holds: of its newest task, and of a common step.
_SEARCHES = (
    "{0}",
    "{0} {1} -error",
    '"{0} {1}" or {1}*',
    "{1} tool:bash steps:>20 after:2025-03-01",
    "(project:project-1* or agent:codex) has:error {0}",
    "project:project-3 errors:<3 re:{0}\\w+",
    "{0} projct:wrong",
    "{1}*",
)


class Typing(QObject):
    """Types the first searches of its list and takes them back, key by key.

    ``finish`` receives the figures.
    """

    def __init__(
        self, program: Program, searches: int, finish: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__(program.window)
        self._window, self._finish = program.window, finish
        self._searches = _SEARCHES[:searches]
        self._figures: dict[str, Any] = {}
        self._answers: list[float] = []
        self._keys = 0
        self._last_key = 0.0
        self._waiting = False
        self._ticks = Ticks(self)
        self._script: Iterator[str] = iter(())
        self._window.workspace_changed.connect(self._on_opened)

    def _on_opened(self, workspace: object) -> None:
        if workspace is None or (opened := self._window.workspace) is None:
            return
        opened.navigator.go(Place(ViewName.EPISODES))
        view = opened.view(ViewName.EPISODES)
        assert isinstance(view, EpisodesView)
        view.counted.connect(self._on_counted)
        opened.session.read(_words).succeeded.connect(self._on_words)

    def _on_words(self, words: tuple[str, str]) -> None:
        self._script = iter("".join(_keys(search.format(*words)) for search in self._searches))
        QTimer.singleShot(_SETTLE_MS, self, self._wait_idle)

    def _wait_idle(self) -> None:
        """First the ticks with nothing going on: the machine's own noise."""
        self._ticks.start()
        QTimer.singleShot(_IDLE_MS, self, self._begin)

    def _begin(self) -> None:
        self._figures = {f"idle_{name}": value for name, value in self._ticks.stop().items()}
        self._window.search.line.setFocus()
        self._ticks.start()
        self._press()

    def _press(self) -> None:
        key = next(self._script, "")
        if not key:
            answers = sorted(self._answers)
            self._figures |= self._ticks.stop()
            self._figures |= {
                "keys": self._keys,
                "answers": len(answers),
                "answer_median_ms": answers[len(answers) // 2],
                "answer_max_ms": answers[-1],
                "rss_mb": memory_mb(),
            }
            self._finish(self._figures)
            return
        if key == "\n":  # no key: look at what was found
            QTimer.singleShot(_PAUSE_MS, self, self._press)
            return
        code = Qt.Key.Key_Backspace if key == _BACK else Qt.Key.Key_unknown
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, key)
            QCoreApplication.postEvent(self._window.search.line, event)
        self._keys += 1
        self._last_key, self._waiting = time.perf_counter(), True
        QTimer.singleShot(_KEY_MS, self, self._press)

    def _on_counted(self, _episodes: int, _hits: int) -> None:
        """A result arrived; the pause before asking is part of the time, as a person feels it."""
        if self._waiting:
            self._waiting = False
            self._answers.append(round((time.perf_counter() - self._last_key) * 1000, 1))


def _keys(search: str) -> str:
    """A search typed, looked at, and half of it taken back before all of it is."""
    half = _BACK * (len(search) // 2)
    return f"{search}\n{half}\n{_BACK * (len(search) - len(half))}\n"


def _words(memory: Memory, _job: Job) -> tuple[str, str]:
    [newest] = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 1))
    [step] = memory.steps.read(newest.id, 0, 1)
    return newest.task.split()[0], step.parts[0].text.split()[1]
