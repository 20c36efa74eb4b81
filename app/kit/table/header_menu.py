"""The menu of a table's header: which columns are shown, and how wide they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu

from app.kit.plain_text import tip
from app.kit.table.column import Column


def header_menu(
    header: QHeaderView,
    columns: Sequence[Column[Any]],
    show: Callable[[int, bool], None],
    fit: Callable[[], None],
    reset: Callable[[], None],
) -> QMenu:
    """The menu that chooses columns; ``show`` is given a column's position."""
    menu = QMenu(header)
    menu.setToolTipsVisible(True)
    shown = [position for position in range(len(columns)) if not header.isSectionHidden(position)]
    groups: dict[str, list[int]] = {}
    for position, column in enumerate(columns):
        groups.setdefault(column.group, []).append(position)
    for group, positions in groups.items():
        if group:
            menu.addSection(group)
        for position in positions:
            choice = menu.addAction(columns[position].title)
            choice.setCheckable(True)
            choice.setChecked(position in shown)
            choice.setToolTip(tip(columns[position].tip))
            choice.setEnabled(shown != [position])  # without a column there is no header
            choice.toggled.connect(lambda on, position=position: show(position, on))
    menu.addSeparator()
    for text, run in (("&Fit Widths", fit), ("&Reset Columns", reset)):
        menu.addAction(_action(text, run, menu))
    return menu


def _action(text: str, run: Callable[[], None], menu: QMenu) -> QAction:
    action = QAction(text, menu)
    action.triggered.connect(run)
    return action
