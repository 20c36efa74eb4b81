"""A short list of rows, all at once: plain texts in columns, one of which may lead somewhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from app.widgets.plain_text import one_line, tip


class RowList(QTreeWidget):
    """``opened`` names a row on Enter or a double click. Numbers stand to the right."""

    opened = Signal(int)

    def __init__(
        self,
        name: str,
        heads: Sequence[str],
        widths: Sequence[int],
        *,
        right: Sequence[int] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._right = frozenset(right)
        self._heads = tuple(heads)
        self.setAccessibleName(name)
        self.setHeaderLabels(list(heads))
        self.header().setObjectName(f"columns of {name.lower()}")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self.itemActivated.connect(self._on_activated)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other rows."""
        self.clear()
        for row in rows:
            item = QTreeWidgetItem([one_line(text) for text in row])
            for column, text in enumerate(row):
                item.setToolTip(column, tip(text))
                if column in self._right:
                    item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
            self.addTopLevelItem(item)

    def rows(self) -> list[tuple[str, ...]]:
        """The texts on screen."""
        model, columns = self.model(), range(len(self._heads))
        return [
            tuple(str(model.index(row, column).data()) for column in columns)
            for row in range(self.topLevelItemCount())
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies all rows as a table; the other keys are Qt's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            lines = ["\t".join(row) for row in (self._heads, *self.rows())]
            QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
        else:
            super().keyPressEvent(event)

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        self.opened.emit(self.indexOfTopLevelItem(item))
