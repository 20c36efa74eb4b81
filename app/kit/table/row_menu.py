"""What a table offers for its rows when it is asked: by the right button, Menu or Shift+F10."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.kit.command_menu import add_all
from app.kit.plain_text import one_line
from app.kit.table.column import Column

_LONGEST = 40  # characters of a value in the menu


def row_menu(
    offered: Sequence[QAction | None],
    copy: Callable[[], object] | None,
    narrowings: Sequence[QAction],
    parent: QWidget,
) -> QMenu:
    """The menu of the selected rows: their commands, then the filters of a cell, then to copy."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    add_all(menu, offered)
    menu.addSeparator()
    for action in narrowings:
        action.setParent(menu)
        menu.addAction(action)
    menu.addSeparator()
    rows = menu.addAction("Copy the Selected Rows")
    rows.setShortcut(QKeySequence.StandardKey.Copy)
    rows.setEnabled(copy is not None)
    if copy is not None:
        rows.triggered.connect(copy)
    return menu


def narrowing_actions(
    column: Column[Any], row: Any, index: QModelIndex, narrow: Callable[[str, bool], object]
) -> list[QAction]:
    """Search for the value of a cell, or leave it out; none where no search can say it."""
    term = column.term(row) if column.term is not None and row is not None else ""
    if not term:
        return []
    shown = one_line(str(index.data() or ""))
    value = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    name = f"{column.title}: {value}".replace("&", "&&")
    actions = []
    for text, excluded in ((f"Show Only {name}", False), (f"Leave Out {name}", True)):
        action = QAction(text)
        action.triggered.connect(lambda _=False, excluded=excluded: narrow(term, excluded))
        actions.append(action)
    return actions
