"""A table view for any number of rows: fixed heights, no search by typing, nothing measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QWidget

from app.kit.command_menu import Offer
from app.kit.table.bands import band_height, paint_bands
from app.kit.table.column_header import ColumnHeader
from app.kit.table.column_widths import ColumnWidths
from app.kit.table.header_menu import header_menu
from app.kit.table.paged_table import PagedTable
from app.kit.table.row_delegate import BandedView, RowDelegate
from app.kit.table.row_menu import narrowing_actions, row_menu

_AGES_MS = 30_000  # after which times ago are said anew


class RowView(BandedView):
    """A table of rows; ``opened`` on Enter, ``left`` on Escape.

    ``painted`` is emitted once after ``watch_paint``, when rows that had arrived were painted.
    ``narrowed`` says that only rows with a cell's value were asked for, as a term of a search, or
    (true) all rows without it.
    """

    opened = Signal()
    left = Signal()
    painted = Signal()
    narrowed = Signal(str, bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = ColumnHeader(self)
        self.setHorizontalHeader(self._columns)
        self._watching = False
        self._bands: dict[int, str] = {}
        self._offer: Offer = tuple
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
        self.setFrameShape(RowView.Shape.NoFrame)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self._columns
        header.setSectionsMovable(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask_columns)
        self.setItemDelegate(RowDelegate(self))
        ages = QTimer(self, interval=_AGES_MS)
        ages.timeout.connect(self.viewport().update)
        ages.start()
        self._fit_rows()

    def set_table(self, model: PagedTable[Any]) -> None:
        """Show a table, with the widths that its columns ask for."""
        self.setModel(model)
        # To paint itself, a header asks its selection about every cell: 5 s at 100,000 rows.
        # Sorting needs no selected columns, so it gets a selection of its own, always empty.
        header = self._columns
        header.setSelectionModel(QItemSelectionModel(model, header))
        # Under this name its widths, order and sorting are kept: they are of these columns only.
        titles = ", ".join(column.title for column in model.columns)
        header.setObjectName(f"columns of {self.accessibleName()}: {titles}")
        ColumnWidths(self, header, model.columns).reset()

    def set_menu(self, offer: Offer) -> None:
        """Have the menu of the rows begin with these commands, asked for each time it opens.

        The row that is asked about is selected by then; None stands for a separator.
        """
        self._offer = offer

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room to spare to the wide column, and take it from there."""
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        if self._columns.single:
            self._columns.fit_single(self.viewport().width())
        elif (widths := self._widths()) is not None:
            widths.spread()

    def _widths(self) -> ColumnWidths | None:
        model = self.model()
        if not isinstance(model, PagedTable):
            return None
        return ColumnWidths(self, self._columns, model.columns)

    def watch_paint(self) -> None:
        """Ask for ``painted`` once rows that have arrived were painted."""
        self._watching = True
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and tell once when there was something to see."""
        super().paintEvent(event)
        if self._bands:
            paint_bands(self, self._bands)
        model = self.model()
        if self._watching and isinstance(model, PagedTable):
            first = self.rowAt(0)
            if first >= 0 and model.row(first) is not None:
                self._watching = False
                self.painted.emit()

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: Qt would ask a million rows for their text."""

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Move from a column that is shown: from a hidden one Qt moves nowhere."""
        here = self.currentIndex()
        if here.isValid() and self.isColumnHidden(here.column()):
            columns = range(self.model().columnCount())
            shown = next((c for c in columns if not self.isColumnHidden(c)), here.column())
            flags = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(here.siblingAtColumn(shown), flags)
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Escape leaves, Ctrl+C copies, Shift+F10 asks; the arrow keys are Qt's."""
        asks = event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif asks and QApplication.activePopupWidget() is None:  # some systems ask by themselves
            self._ask_at_current()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selected rows."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_at_current()
        else:
            self.open_menu(event.globalPos(), self.indexAt(event.pos()))

    def _ask_at_current(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.scrollTo(index)
        below = self.rowViewportPosition(index.row()) + self.rowHeight(index.row())
        corner = QPoint(0, below) if index.isValid() else QPoint(0, 0)
        self.open_menu(self.viewport().mapToGlobal(corner), index)

    def open_menu(self, position: QPoint, index: QModelIndex) -> None:
        """Open the menu of the selected rows at a point of the screen, asked at ``index``."""
        menu = row_menu(
            self._offer(),
            self.copy_rows if self.selected_spans() else None,
            self._narrowings(index),
            self,
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def _narrowings(self, index: QModelIndex) -> Sequence[QAction]:
        model = self.model()
        if not index.isValid() or not isinstance(model, PagedTable):
            return ()
        column, row = model.columns[index.column()], model.row(index.row())
        return narrowing_actions(column, row, index, self.narrowed.emit)

    def _ask_columns(self, position: QPoint) -> None:
        widths, header = self._widths(), self._columns
        if widths is not None:
            menu = header_menu(header, widths.columns, widths.show, widths.fit, widths.reset)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(header.viewport().mapToGlobal(position))

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard as a table, as far as they were fetched."""
        model = self.model()
        if isinstance(model, PagedTable):
            QGuiApplication.clipboard().setText(model.as_text(self.selected_spans()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size; a styled header keeps the font it began with."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.horizontalHeader().setFont(self.font())
        self._fit_rows()

    def line_height(self) -> int:
        """The height of a row without a band above it."""
        return self.fontMetrics().height() + 8

    def _fit_rows(self) -> None:
        height = self.line_height()
        if self.verticalHeader().defaultSectionSize() == height:
            return
        bands = self._bands
        self.show_bands({})
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.show_bands(bands)
        self._columns.fit_text(self.fontMetrics().height())
        self._spread()

    # -- bands that part the rows ----------------------------------------------------------

    def show_bands(self, bands: Mapping[int, str]) -> None:
        """Have a line of text above each of some rows."""
        height, header = self.line_height(), self.verticalHeader()
        for row in self._bands:
            if row < header.count() and header.sectionSize(row) != height:
                header.resizeSection(row, height)
        self._bands = dict(bands)
        for row in self._bands:
            header.resizeSection(row, height + band_height(self))
        self.viewport().update()

    def band_above(self, row: int) -> int:
        """The height of the band above a row; 0 without one."""
        return band_height(self) if row in self._bands else 0

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll to a row also where the column of ``index`` is hidden, which Qt would not."""
        position = index.column()
        if position >= 0 and self.isColumnHidden(position):
            shown = (c for c in range(self._columns.count()) if not self.isColumnHidden(c))
            index = self.model().index(index.row(), next(shown, position))
        super().scrollTo(index, hint)

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
