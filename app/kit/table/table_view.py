"""A table view for any number of rows: fixed heights, no search by typing, nothing measured."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from app.kit.table.paged_table import PagedTable
from app.kit.table.row_delegate import RowDelegate
from app.kit.theme.style_sheet import style_header

_USUAL_HEIGHT = 15  # of the text that the widths of columns were chosen for


class RowView(QTableView):
    """A table of rows; ``opened`` on Enter, ``left`` on Escape.

    ``painted`` is emitted once after ``watch_paint``, when rows that had arrived were painted.
    """

    opened = Signal()
    left = Signal()
    painted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watching = False
        self._fitted = self._scale()
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        style_header(header)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setItemDelegate(RowDelegate(self))
        self._fit_rows()

    def set_table(self, model: PagedTable[Any]) -> None:
        """Show a table, with the widths that its columns ask for."""
        self.setModel(model)
        # To paint itself, a header asks its selection about every cell: 5 s at 100,000 rows.
        # Sorting needs no selected columns, so it gets a selection of its own, always empty.
        header = self.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(model, header))
        # Under this name its widths, order and sorting are kept: they are of these columns only.
        titles = ", ".join(column.title for column in model.columns)
        header.setObjectName(f"columns of {self.accessibleName()}: {titles}")
        for position, column in enumerate(model.columns):
            self.setColumnWidth(position, int(column.width * self._scale()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room to spare to the wide column, and take it from there."""
        super().resizeEvent(event)
        model, header = self.model(), self.horizontalHeader()
        if not isinstance(model, PagedTable):
            return
        spare = self.viewport().width() - header.length()
        for position, column in enumerate(model.columns):
            if column.wide:
                width = header.sectionSize(position) + spare
                header.resizeSection(position, max(column.width, width))

    def watch_paint(self) -> None:
        """Ask for ``painted`` once rows that have arrived were painted."""
        self._watching = True
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and tell once when there was something to see."""
        super().paintEvent(event)
        model = self.model()
        if self._watching and isinstance(model, PagedTable):
            first = self.rowAt(0)
            if first >= 0 and model.row(first) is not None:
                self._watching = False
                self.painted.emit()

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: Qt would ask a million rows for their text."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Escape leaves, Ctrl+C copies; the arrow keys are Qt's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the selected rows for other programs."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy the selected rows", self.copy_rows)
        copy.setEnabled(bool(self.selected_spans()))
        menu.popup(event.globalPos())

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard as a table, as far as they were fetched."""
        model = self.model()
        if isinstance(model, PagedTable):
            QGuiApplication.clipboard().setText(model.as_text(self.selected_spans()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow text size and theme; a styled header keeps the font and colours it began with."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.horizontalHeader().setFont(self.font())
        elif event.type() == QEvent.Type.PaletteChange:
            style_header(self.horizontalHeader())
        self._fit_rows()

    def _fit_rows(self) -> None:
        height = self.fontMetrics().height() + 8
        if self.verticalHeader().defaultSectionSize() == height:
            return
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        larger, self._fitted = self._scale() / self._fitted, self._scale()
        for position in range(self.horizontalHeader().count()):
            self.setColumnWidth(position, int(self.columnWidth(position) * larger))

    def _scale(self) -> float:
        return max(1.0, self.fontMetrics().height() / _USUAL_HEIGHT)

    # -- selection, without a list of a million indexes ------------------------------------

    def selected_spans(self) -> list[tuple[int, int]]:
        """The selected rows as spans, first and last included."""
        chosen = self.selectionModel()
        if chosen is None:
            return []
        parts = chosen.selection()
        ranges = [parts.at(index) for index in range(parts.count())]
        spans = sorted({(part.top(), part.bottom()) for part in ranges})
        return [span for span in spans if span[0] >= 0]

    def current_row(self) -> int | None:
        """The row under the cursor."""
        index = self.currentIndex()
        return index.row() if index.isValid() else None
