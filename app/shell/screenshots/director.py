"""Runs scenes: after each wait what is being read may arrive and be painted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, SignalInstance

from app.shell.main_window import MainWindow
from app.shell.screenshots.stage import TIMEOUT_MS, Scene

_SETTLE_MS = 120  # longer than the window waits before it asks for what is selected


class Director(QObject):
    """Goes through a scene; ``ended`` is called after the last of it."""

    def __init__(self, scene: Scene, window: MainWindow, ended: Callable[[], None]) -> None:
        super().__init__(window)
        self._scene, self._window, self._ended = scene, window, ended
        self._awaited: SignalInstance | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._moments = 0
        self._limit = QTimer(self, singleShot=True, interval=TIMEOUT_MS)
        self._limit.timeout.connect(self._came)
        self._settle.start()

    def _settled(self) -> None:
        workspace = self._window.workspace
        self._moments += 1
        if workspace and workspace.session.reading and self._moments < TIMEOUT_MS // _SETTLE_MS:
            self._settle.start()
            return
        self._moments = 0
        self._next()

    def _next(self) -> None:
        try:
            wait = next(self._scene)
        except StopIteration:
            self._ended()
            return
        if wait is None:
            self._settle.start()
            return
        self._awaited = wait
        wait.connect(self._came)
        self._limit.start()

    def _came(self, *_: object) -> None:
        if self._awaited is not None:
            self._awaited.disconnect(self._came)
            self._awaited = None
        self._limit.stop()
        self._settle.start()
