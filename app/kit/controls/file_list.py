"""A list of files in a dialog, a row each, which says how many more there are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.kit.formatting import number
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR

MOST = 500  # rows
_HIGH = 12  # lines of text
_LONGEST = 2_000  # characters of a cell

Cells = tuple[str, ...]


class FileList(QWidget):
    """Rows of texts; the last column is a path, and takes the room that is left."""

    def __init__(self, name: str, titles: Cells) -> None:
        super().__init__()
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(name)
        self.tree.setHeaderLabels(list(titles))
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the end tells files apart
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setMinimumHeight(self.fontMetrics().height() * _HIGH)
        self._more = SafeLabel(tone=Colour.MUTED)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        column.addWidget(self.tree, 1)
        column.addWidget(self._more)
        self._more.hide()

    def show_rows(self, rows: Sequence[Cells], tips: Sequence[str]) -> None:
        """Show other rows; ``tips`` has what each says in full."""
        self.tree.clear()
        for cells, whole in zip(rows[:MOST], tips, strict=False):
            item = QTreeWidgetItem([one_line(cell, _LONGEST) for cell in cells])
            for column in range(len(cells)):
                item.setToolTip(column, tip(whole))
            self.tree.addTopLevelItem(item)
        for column in range(self.tree.columnCount() - 1):
            self.tree.resizeColumnToContents(column)
        left = len(rows) - MOST
        self._more.setVisible(left > 0)
        self._more.setText(f"and {number(left)} more" if left > 0 else "")
