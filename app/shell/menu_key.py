"""Shift+F10 opens the menu of what has the keyboard, on systems that do not ask by themselves."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QWidget


def bind_menu_key(window: QWidget) -> QShortcut:
    """Have the key open the menu of the widget with the keyboard, wherever in the program."""
    shortcut = QShortcut("Shift+F10", window)
    shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
    shortcut.activated.connect(_ask)
    return shortcut


def _ask() -> None:
    widget = QApplication.focusWidget()
    if widget is None or QApplication.activePopupWidget() is not None:
        return
    if isinstance(widget, QAbstractScrollArea):
        widget = widget.viewport()  # as with the mouse: a scroll area hands its viewport's on
    where = _place(widget)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard,
        where,
        widget.mapToGlobal(where),
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def _place(widget: QWidget) -> QPoint:
    """Below the chosen row of a list, in the middle of anything else."""
    view = widget.parentWidget()
    if isinstance(view, QAbstractItemView) and view.currentIndex().isValid():
        return view.visualRect(view.currentIndex()).center()
    return widget.rect().center()
