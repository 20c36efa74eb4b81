"""How the window was left: size, splitters, columns and view, apart for every store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QHeaderView, QMainWindow, QSplitter, QWidget

from app.episodes.conversation.reading_bar import ReadingBar
from app.kit.controls.details import Details

_FILE = "window.ini"


class WindowState:
    """Remembers geometry in an ini file beside the preferences, keyed by the store's path."""

    def __init__(self, folder: Path, store: Path | None) -> None:
        self._settings = QSettings(str(folder / _FILE), QSettings.Format.IniFormat)
        key = hashlib.sha256(str(store).encode()).hexdigest()[:16] if store else "no-store"
        self._settings.beginGroup(key)

    def save_window(self, window: QMainWindow) -> None:
        """Keep the window's geometry and its docks."""
        self._settings.setValue("geometry", window.saveGeometry())
        self._settings.setValue("docks", window.saveState())

    def restore_window(self, window: QMainWindow) -> bool:
        """Put the window as it was; false when it was never seen with this store."""
        geometry = self._settings.value("geometry")
        docks = self._settings.value("docks")
        if not isinstance(geometry, QByteArray):
            return False
        window.restoreGeometry(geometry)
        if isinstance(docks, QByteArray):
            window.restoreState(docks)
        return True

    def save_view(self, name: str, view: QWidget) -> None:
        """Keep the splitters, headers and folded parts of a view that carry an object name."""
        for part in _parts(view):
            if part.objectName():
                self._settings.setValue(f"{name}/{part.objectName()}", part.saveState())

    def restore_view(self, name: str, view: QWidget) -> None:
        """Put the splitters, table headers and folded parts of a view as they were."""
        for part in _parts(view):
            state = self._settings.value(f"{name}/{part.objectName()}")
            if part.objectName() and isinstance(state, QByteArray):
                part.restoreState(state)

    def arrangement(self, name: str) -> str:
        """How a view was arranged, or an empty text."""
        return str(self._settings.value(f"{name}/arrangement", ""))

    def save_arrangement(self, name: str, text: str) -> None:
        """Keep how a view was arranged."""
        self._settings.setValue(f"{name}/arrangement", text)

    @property
    def side_pane(self) -> bool | None:
        """Whether a person wants the side pane; None as long as nobody said."""
        said = {"shown": True, "hidden": False}
        return said.get(str(self._settings.value("side pane", "")))

    @side_pane.setter
    def side_pane(self, wanted: bool | None) -> None:
        self._settings.setValue("side pane", {None: "", True: "shown", False: "hidden"}[wanted])

    @property
    def view(self) -> str:
        """The name of the view that was open last, or an empty text."""
        return str(self._settings.value("view", ""))

    @view.setter
    def view(self, name: str) -> None:
        self._settings.setValue("view", name)


def _parts(view: QWidget) -> Iterator[QSplitter | QHeaderView | Details | ReadingBar]:
    yield from view.findChildren(QSplitter)
    yield from view.findChildren(Details)
    yield from view.findChildren(ReadingBar)
    yield from view.findChildren(QHeaderView)
