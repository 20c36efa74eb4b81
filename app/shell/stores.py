"""Opening, making and closing stores from the window."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.kit.engine_thread import Call, EngineThread, Task
from app.kit.session import Session
from app.shell.settings import Settings
from hpm_engine import (
    Job,
    Upgrade,
    build_sample,
    data_folder,
    discover,
    open_memory,
    private_folder,
)

FILTER = "Memory stores (*.hpm);;All files (*)"
_SUFFIX = ".hpm"


class Stores(QObject):
    """Answers ``opened`` with a session, or ``failed`` with why; work runs on its own thread.

    ``store_made`` follows where the store is new, or the sample.
    """

    opened = Signal(object)
    store_made = Signal()
    failed = Signal(object, str)
    job_started = Signal(object)

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings, self._window = settings, window
        self._thread: EngineThread | None = None
        self._making = 0
        self._building_sample = False

    @property
    def busy(self) -> bool:
        """Whether a store is being made."""
        return self._making > 0

    def ask_open(self) -> None:
        """Let the person choose a store and open it."""
        dialog = self._dialog("Open a store", QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def ask_new(self, then: Callable[[], None] | None = None) -> None:
        """Let the person name a new store, make it, open it, and go on with ``then``."""
        dialog = self._dialog("New store", QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(_SUFFIX.removeprefix("."))
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile("memory" + _SUFFIX)
        dialog.fileSelected.connect(lambda name: self.make(Path(name), then))
        dialog.open()

    def open(self, path: Path) -> Session:
        """Open a store; its session reports later whether it could be read."""
        self._settings.replace(self._settings.preferences.with_recent(path))
        session = Session(path, parent=self)
        self.opened.emit(session)
        return session

    def make(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Make a store, or open the one that is there, and go on with ``then``."""

        def make(_: object, _job: Job) -> Upgrade | None:
            with open_memory(path, create=True) as memory:
                return memory.upgrade  # where an earlier store was there

        def open_new(upgrade: Upgrade | None) -> None:
            session = self.open(path)
            if upgrade is not None:
                session.upgraded.emit(upgrade)
            self.store_made.emit()
            if then is not None:
                then()

        task = self.errand(make, "New store")
        self.job_started.emit(task)
        task.succeeded.connect(open_new)
        task.failed.connect(lambda error: self.failed.emit(error, "Making a store"))

    def open_sample(self) -> None:
        """Open the sample store, which is built on first use."""
        path = sample_path()
        if path.exists():
            self._show_sample(path)
            return

        if self._building_sample:  # asked again while it is built: it opens in a moment
            return
        self._building_sample = True

        def build(_: object, job: Job) -> None:
            private_folder(path.parent)
            build_sample(path, job)
            move_earlier_sample(self._settings.folder, path.parent)

        task = self.errand(build, "Build the sample")
        self.job_started.emit(task)
        task.succeeded.connect(lambda _: self._show_sample(path))
        task.finished.connect(self._on_sample_ended)

    def _show_sample(self, path: Path) -> None:
        self.open(path)
        self.store_made.emit()

    def discover(self) -> Task:
        """Look for agents' sessions on this computer."""
        return self.errand(lambda _, job: discover())

    def errand(self, call: Call, title: str = "") -> Task:
        """Run a call that needs no open store; closing asks about one with a title."""
        if self._thread is None:
            self._thread = EngineThread(nullcontext, self)
        task = self._thread.submit(call, title)
        if title:
            self._making += 1
            task.finished.connect(self._on_made)
        return task

    def close(self) -> None:
        """Stop what is under way."""
        if self._thread is not None:
            self._thread.close()

    def _on_sample_ended(self) -> None:
        self._building_sample = False

    def _on_made(self) -> None:
        self._making -= 1

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        recent = self._settings.preferences.recent
        folder = Path(recent[0]).parent if recent else Path.home()
        dialog = QFileDialog(self._window, title, str(folder), FILTER)
        dialog.setAcceptMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def sample_path() -> Path:
    """Where the sample store is kept: with the user's data."""
    return data_folder() / ("sample" + _SUFFIX)


def move_earlier_sample(settings: Path, data: Path) -> None:
    """Move a sample that an earlier version kept with the settings to the user's data.

    It has another name there: nothing was computed in it, but somebody may have worked on it.
    """
    earlier = settings / ("sample" + _SUFFIX)
    if not earlier.exists() or settings == data:
        return
    with suppress(OSError):  # it is open elsewhere: then it stays where it is
        for ending in (_SUFFIX + "-wal", _SUFFIX + "-shm", ".truth.json", _SUFFIX):
            part = settings / f"sample{ending}"
            if part.exists():
                shutil.move(part, data / f"sample-earlier{ending}")


def is_store(path: Path) -> bool:
    """Whether a path is named like a store."""
    return path.suffix.lower() == _SUFFIX


def describe_paths(paths: Sequence[Path]) -> str:
    """A title for importing these paths, like ``Import 3 files`` or ``Import sessions``."""
    names = list(paths)
    if len(names) == 1:
        return f"Import {names[0].name}"
    folders = sum(name.is_dir() for name in names)
    return f"Import {len(names):,} {'folders' if folders == len(names) else 'files'}"
