"""Everything that can be operated says what it is to somebody who does not see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.kit.view_names import ViewName
from app.shell import operations
from app.shell.main_window import MainWindow
from tests.support.files.traces import make_store
from tests.support.shown_views import open_in

OPERATED = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test", "third"])


def operated(root: QWidget) -> list[QWidget]:
    """The controls of a window; not the parts that Qt makes controls of."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, OPERATED)
        and not isinstance(widget, (QScrollBar, QHeaderView))
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget.parentWidget(), (QAbstractSpinBox, QComboBox, QTabBar, QLineEdit))
        and widget.isVisibleTo(root)
        and type(widget.parentWidget()).__name__ not in ("QComboBoxPrivateContainer", "QDockWidget")
        and type(widget).__name__ not in ("QTableCornerButton", "QComboBoxListView")
        and not (type(widget) is QAbstractButton and isinstance(widget.parent(), QAbstractItemView))
    ]


def nameless(root: QWidget) -> list[str]:
    wrong = []
    for widget in operated(root):
        shown = QAccessible.queryAccessibleInterface(widget)
        if not shown.text(QAccessible.Text.Name):
            wrong.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
        if shown.role() in (QAccessible.Role.NoRole, QAccessible.Role.Client):
            wrong.append(f"{type(widget).__name__} has no role")
    return wrong


@pytest.mark.parametrize("name", ViewName)
def test_every_control_of_a_view_has_a_name_and_a_role(
    window: MainWindow, store: Path, qtbot: QtBot, name: ViewName
) -> None:
    open_in(window, store, qtbot)
    window.go_to_view(name)
    assert window.workspace is not None
    session = window.workspace.session
    qtbot.waitUntil(lambda: not session.reading)
    QApplication.processEvents()
    assert operated(window)
    assert not nameless(window)


def test_every_control_of_a_dialog_has_a_name_and_a_role(window: MainWindow) -> None:
    for open_dialog in (
        operations.show_preferences,
        operations.show_about,
        operations.show_shortcuts,
    ):
        open_dialog(window)
    QApplication.processEvents()
    assert not nameless(window)


def test_buttons_of_a_view_are_reached_by_the_keyboard(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    for name in ViewName:
        window.go_to_view(name)
        QApplication.processEvents()
        unreached = [
            widget.accessibleName() or type(widget).__name__
            for widget in operated(window)
            if isinstance(widget, QAbstractButton)
            and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        assert not unreached, name
