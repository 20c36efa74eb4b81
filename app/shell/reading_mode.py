"""Reading at full width: what surrounds the conversation goes, and comes back as it was."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.episodes.view import EpisodesView
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.shell.workspace import Workspace


class ReadingMode(QObject):
    """Hides the parts of the window around the conversation; ``changed`` tells when it does."""

    changed = Signal(bool)

    def __init__(self, parts: tuple[QWidget, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        self._hidden: list[QWidget] = []
        self._workspace: Workspace | None = None
        self.on = False

    def follow(self, workspace: Workspace) -> None:
        """Serve an open store."""
        self._workspace = workspace
        workspace.navigator.moved.connect(self._on_moved)
        workspace.view_built.connect(self._on_built)

    def leave(self) -> None:
        """Show everything again, since the store is closed or the window is."""
        self.set(False)
        self._workspace = None

    def toggle(self) -> None:
        """Begin to read, or end it."""
        if self._workspace is not None:
            self._workspace.show(ViewName.EPISODES)
            self.set(not self.on)

    def set(self, on: bool) -> None:
        """Hide what surrounds the conversation, or show again what was to be seen before."""
        if on == self.on or self._workspace is None:
            return
        self.on = on
        if on:
            self._hidden = [part for part in self._parts if not part.isHidden()]
        for part in self._hidden:
            part.setVisible(not on)
        view = self._workspace.view(ViewName.EPISODES)
        assert isinstance(view, EpisodesView)
        view.read_alone(on)
        self.changed.emit(on)

    def _on_built(self, name: ViewName, view: object) -> None:
        if isinstance(view, EpisodesView):
            view.read_asked.connect(self.set)

    def _on_moved(self, place: Place) -> None:
        if place.view is not ViewName.EPISODES:
            self.set(False)
