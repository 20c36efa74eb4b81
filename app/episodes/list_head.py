"""The line above the list: the sidebar, how many episodes there are, and the layouts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from app.episodes.list.list_options import ListOptions
from app.episodes.reading_frame import Layout
from app.kit.formatting import counted, number
from app.kit.icons import Icon, icon
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour


class ListHead(QWidget):
    """Shows or hides the sidebar, counts what the query found, sorts it and switches the layout."""

    sidebar_asked = Signal(bool)
    layout_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters = self._button(Icon.FILTERS, "Show or hide the filters.", "Filters")
        self.filters.clicked.connect(self.sidebar_asked)
        self.options = ListOptions()
        self._count = SafeLabel(tone=Colour.MUTED)
        self._layouts = {layout: self._layout_button(layout) for layout in Layout}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(4)
        row.addWidget(self.filters)
        row.addWidget(self._count, 1)
        row.addWidget(self.options)
        for button in self._layouts.values():
            self._group.addButton(button)
            row.addWidget(button)
        self.show_layout(Layout.LEFT)

    def show_count(self, episodes: int) -> None:
        """Say how many episodes the list holds."""
        self._count.setText(number(episodes))  # the list is narrow
        self._count.setToolTip(tip(counted(episodes, "episode")))

    def show_layout(self, layout: Layout) -> None:
        """Mark the layout that the view has."""
        self._layouts[layout].setChecked(True)

    def show_sidebar(self, shown: bool) -> None:
        """Mark whether the sidebar is to be seen."""
        self.filters.setChecked(shown)

    def _layout_button(self, layout: Layout) -> QToolButton:
        button = self._button(layout.icon, layout.hint, layout.label)
        button.clicked.connect(lambda: self.layout_chosen.emit(layout))
        return button

    def _button(self, which: Icon, hint: str, name: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(icon(which))
        button.setCheckable(True)
        button.setToolTip(tip(hint))
        button.setAccessibleName(name)
        return button
