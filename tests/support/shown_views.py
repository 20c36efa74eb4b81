"""A view as the main window shows it: it follows the store's changes and where a person goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pytestqt.qtbot import QtBot

from app.consolidation.view import ConsolidationView
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.masks.view import MasksView
from app.prototypes.view import PrototypesView

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
