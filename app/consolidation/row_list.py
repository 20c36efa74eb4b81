"""A short list of rows, read all at once: plain texts in columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.kit.plain_text import one_line, tip
from app.kit.table.column_header import ColumnHeader

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowList(QTreeWidget):
    """A table of texts that can be copied.

    ``opened`` carries a row on Enter or a double click.

    Columns in ``right`` are numbers; the ``wide`` one takes the room to spare.
    """

    opened = Signal(int)

    def __init__(
        self,
        name: str,
        heads: Sequence[str],
        widths: Sequence[int],
        *,
        right: Sequence[int] = (),
        wide: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._right = frozenset(right)
        self._heads = tuple(heads)
        self.setAccessibleName(name)
        self._columns = ColumnHeader(self)
        self.setHeader(self._columns)
        self.setHeaderLabels(list(heads))
        self.header().setObjectName(f"columns of {name.lower()}")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(30)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for column in right:
            self.headerItem().setTextAlignment(column, _RIGHT)
        self.header().setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(widths):
            self._columns.set_usual_width(column, width)
        self._columns.fit_text(self.fontMetrics().height())
        self.itemActivated.connect(self._on_activated)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other rows."""
        self.clear()
        for row in rows:
            item = QTreeWidgetItem([one_line(text) for text in row])
            for column, text in enumerate(row):
                item.setToolTip(column, tip(text))
                if column in self._right:
                    item.setTextAlignment(column, _RIGHT)
            self.addTopLevelItem(item)
        self._fit_rows()

    def rows(self) -> list[tuple[str, ...]]:
        """The texts of all rows."""
        model, columns = self.model(), range(len(self._heads))
        return [
            tuple(str(model.index(row, column).data()) for column in columns)
            for row in range(self.topLevelItemCount())
        ]

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size, also in the styled header."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.header().setFont(self.font())
            self._columns.fit_text(self.fontMetrics().height())
            self._fit_rows()

    def _fit_rows(self) -> None:
        height = self.fontMetrics().height() + 6
        for row in range(self.topLevelItemCount()):
            if (item := self.topLevelItem(row)) is not None:
                item.setSizeHint(0, QSize(0, height))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy all rows as a table on Ctrl+C; the other keys are Qt's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            lines = ["\t".join(row) for row in (self._heads, *self.rows())]
            QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
        else:
            super().keyPressEvent(event)

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        self.opened.emit(self.indexOfTopLevelItem(item))
