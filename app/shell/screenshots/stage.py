"""What a scene plays on: the window, its open store, and a camera."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from app.kit.actions import Command
from app.kit.view import View
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.workspace import Workspace
from hpm_engine import EpisodeQuery, Job, Memory

TIMEOUT_MS = 8_000  # a store may have nothing to show
_CALLS = 4  # a dialog may be asked for only once its facts are read

Wait = SignalInstance | None  # go on when it fires, or after a moment when there is none
Scene = Generator[Wait, None, None]
Shoot = Callable[[str, QWidget], None]


class Stage:
    """The window with a store in it; ``shoot`` is told a name and what is to be seen."""

    def __init__(self, window: MainWindow, shoot: Shoot) -> None:
        self.window = window
        self._shoot = shoot
        self.episodes: Sequence[int] = ()  # some episodes of the store, those with errors first

    @property
    def workspace(self) -> Workspace:
        """The open store's part of the window."""
        assert self.window.workspace is not None
        return self.window.workspace

    def shoot(self, name: str, widget: QWidget | None = None) -> None:
        """Take a picture of the window, or of a dialog."""
        self._shoot(name, widget or self.window)

    def run(self, command: Command) -> None:
        """Do what a command does, as if it was chosen in its menu."""
        self.window.commands[command].trigger()

    def go(self, name: ViewName) -> View:
        """Show a view."""
        self.window.go_to_view(name)
        return self.workspace.view(name)

    def dialog(self, name: str, ask: Callable[[], object]) -> Scene:
        """Open a dialog, take its picture and close it without an answer."""
        before = set(self._dialogs())
        ask()
        for _ in range(_CALLS):
            yield None
            for dialog in self._dialogs():
                if dialog not in before:
                    yield None
                    self.shoot(name, dialog)
                    dialog.close()
                    return

    def _dialogs(self) -> list[QDialog]:
        return [dialog for dialog in self.window.findChildren(QDialog) if dialog.isVisible()]

    def read_episodes(self) -> Scene:
        """Find out which episodes there are."""
        rows: list[Sequence[int]] = []
        task = self.workspace.session.read(_some_episodes)
        task.succeeded.connect(rows.append)
        yield task.finished
        self.episodes = rows[0] if rows else ()


def until(so: Callable[[], bool]) -> Scene:
    """Wait until something is so, but not for ever."""
    limit = time.monotonic() + TIMEOUT_MS / 1000
    while not so() and time.monotonic() < limit:
        yield None


def _some_episodes(memory: Memory, job: Job) -> Sequence[int]:
    failing = memory.episodes.find(EpisodeQuery(has_error=True)).window(0, 2)
    others = memory.episodes.find(EpisodeQuery()).window(0, 20)
    return list(dict.fromkeys([*failing, *others]))
