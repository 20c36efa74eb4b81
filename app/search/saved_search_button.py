"""The button beside the search line: the searches kept in the store, and what to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.kit.icons import Icon, icon
from app.kit.plain_text import one_line, tip
from hpm_engine import SavedSearch

_LONGEST = 60  # characters of a name


class SavedSearchButton(QToolButton):
    """A button with a menu of searches; ``chosen`` carries the one to run."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icon(Icon.SAVED))
        self.setAccessibleName("Saved searches")
        self.setToolTip(tip("Searches kept in this store"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoRaise(True)
        self.setMenu(QMenu(self))
        self._commands: list[QAction] = []
        self._runs: list[QAction] = []

    def set_commands(self, commands: Sequence[QAction]) -> None:
        """The commands that stand under the searches."""
        self._commands = list(commands)
        self.show_searches(())

    def show_searches(self, searches: Sequence[SavedSearch]) -> None:
        """List the searches that can be run."""
        menu = self.menu()
        for action in self._runs:
            action.deleteLater()
        menu.clear()
        self._runs = [self._run(search) for search in searches]
        menu.addActions(self._runs)
        if searches:
            menu.addSeparator()
        menu.addActions(self._commands)

    def runs(self) -> list[QAction]:
        """One action for each saved search."""
        return list(self._runs)

    def _run(self, search: SavedSearch) -> QAction:
        action = QAction(one_line(search.name, _LONGEST).replace("&", "&&"), self)
        action.setToolTip(tip(search.text))
        action.setStatusTip(one_line(search.text))
        action.triggered.connect(partial(self._on_chosen, search))
        return action

    def _on_chosen(self, search: SavedSearch, _checked: bool = False) -> None:
        self.chosen.emit(search)
