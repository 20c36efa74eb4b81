"""The bar at the top: back, forward, search, palette."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QWidget

from app.search.search_box import SearchBox


class TopBar(QToolBar):
    """Holds the search box between the buttons that are used all the time."""

    def __init__(
        self, before: list[QAction], search: SearchBox, after: list[QAction], parent: QWidget
    ) -> None:
        super().__init__("Search", parent)
        self.setObjectName("top")
        self.setMovable(False)
        self.setFloatable(False)
        self._fit_icons()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for action in before:
            self.addAction(action)
        self.addWidget(search)
        for action in after:
            self.addAction(action)
        for action in (*before, *after):  # the search box has buttons of its own
            button = self.widgetForAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.text().replace("&", ""))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_icons()

    def _fit_icons(self) -> None:
        side = self.fontMetrics().height() + 4
        self.setIconSize(QSize(side, side))
