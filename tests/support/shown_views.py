"""Views as a person sees them: in the main window, and alone, following store and navigator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pytestqt.qtbot import QtBot

from app.consolidation.view import ConsolidationView
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.masks.view import MasksView
from app.prototypes.view import PrototypesView
from app.shell.main_window import MainWindow
from app.shell.workspace import Workspace

V = TypeVar("V", ConsolidationView, MasksView, PrototypesView)


def show_view(
    qtbot: QtBot, session: Session, kind: Callable[[Session, Navigator], V], place: Place
) -> V:
    """A view of its kind, shown at a place."""
    navigator = Navigator(place)
    view = kind(session, navigator)
    navigator.setParent(view)
    navigator.moved.connect(view.restore)
    session.changed.connect(view.refresh)
    qtbot.addWidget(view)
    view.resize(1100, 760)
    view.show()
    return view


def all_is_read(workspace: Workspace) -> bool:
    """Whether what is shown was read; the map of UMAP is not waited for, which takes minutes."""
    view = workspace.views.get(ViewName.PROTOTYPES)
    if isinstance(view, PrototypesView) and view.isVisible() and view.map is not None:
        view.map.stop()
    return not workspace.session.reading


def open_in(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    """Open a store of three episodes, and wait until the window shows it."""
    window.stores.open(store)
    qtbot.waitUntil(lambda: "3 episodes" in window.status.text())
