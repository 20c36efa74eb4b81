"""Shift+F10 opens the menu of whatever has the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.audit.view import AuditView
from app.episodes.view import EpisodesView
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import open_memory
from tests.support.files.traces import make_store
from tests.support.shown_views import open_in

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", r"support raise", extend=True)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = make_store(tmp_path / "my.hpm", ["fix the parser", "add a test", "tidy up"])
    with open_memory(path) as memory:
        memory.searches.save("mine", "parser")
    return path


def menu_of(qtbot: QtBot, window: MainWindow, widget: QWidget) -> list[str]:
    """The menu that the key opens while a widget has the keyboard."""
    window.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is widget)
    qtbot.keyClick(widget, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions() if action.text()]
    menu.close()
    return texts


def test_the_menus_open_by_keyboard(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    workspace = window.workspace
    view = workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.table.current_row() is not None)
    assert "&Pin or Unpin" in menu_of(qtbot, window, view.table)
    workspace.show(ViewName.AUDIT)
    audit = workspace.view(ViewName.AUDIT)
    assert isinstance(audit, AuditView)
    qtbot.waitUntil(lambda: audit.model.row(0) is not None)
    assert "Copy the Exact Row" in menu_of(qtbot, window, audit.table)


def test_a_saved_search_is_deleted_and_comes_back(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    workspace = window.workspace
    view = workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: len(workspace.searches.all) == 1)
    view.filters.list.delete_asked.emit(workspace.searches.all[0])
    qtbot.waitUntil(lambda: not workspace.searches.all)
    workspace.marks.stack.undo()
    qtbot.waitUntil(lambda: len(workspace.searches.all) == 1)
