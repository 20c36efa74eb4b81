"""The bar at the top: back, forward, search, palette."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from app.widgets.search_box import SearchBox


class TopBar(QToolBar):
    """Holds the search box between the buttons that are used all the time."""

    def __init__(
        self, before: list[QAction], search: SearchBox, after: list[QAction], parent: QWidget
    ) -> None:
        super().__init__("Search", parent)
        self.setObjectName("top")
        self.setMovable(False)
        self.setFloatable(False)
        side = self.fontMetrics().height() + 4
        self.setIconSize(QSize(side, side))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for action in before:
            self.addAction(action)
        self.addWidget(search)
        for action in after:
            self.addAction(action)
        for button in self.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if action := button.defaultAction():
                button.setAccessibleName(action.text().replace("&", ""))
