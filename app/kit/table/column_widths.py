"""How wide the columns of a table are, which are shown, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from app.kit.table.column import Column
from app.kit.table.column_header import ColumnHeader
from app.kit.table.row_delegate import PAD

_NARROWEST = 44  # pixels at 100 % text size
_WIDEST = 420  # that fitting gives to a column


class ColumnWidths:
    """The columns of a view."""

    def __init__(
        self, view: QTableView, header: ColumnHeader, columns: Sequence[Column[Any]]
    ) -> None:
        self._view, self._header, self.columns = view, header, columns

    def reset(self) -> None:
        """Put order, widths and choice of the columns as they were at first."""
        for position, column in enumerate(self.columns):
            self._header.moveSection(self._header.visualIndex(position), position)
            self._header.setSectionHidden(position, not column.shown)
            self._header.set_usual_width(position, column.width)
        self.spread()

    def show(self, position: int, on: bool) -> None:
        """Show a column, or hide it."""
        self._header.setSectionHidden(position, not on)
        if on and self._header.sectionSize(position) < _NARROWEST * self._header.scale:
            self._header.set_usual_width(position, self.columns[position].width)
        self.spread()

    def fit(self) -> None:
        """Make each column as wide as its title and what of it is in sight."""
        first = max(0, self._view.rowAt(0))
        last = self._view.rowAt(self._view.viewport().height() - 1)
        model = self._view.model()
        rows = range(first, (model.rowCount() if last < 0 else last + 1))
        metrics, role = self._view.fontMetrics(), Qt.ItemDataRole.DisplayRole
        for position in range(len(self.columns)):
            if self._header.isSectionHidden(position):
                continue
            title = model.headerData(position, Qt.Orientation.Horizontal, role)
            texts = [title, *(model.index(row, position).data() for row in rows)]
            widest = max(metrics.horizontalAdvance(str(text)) for text in texts)
            room = 2 * PAD + metrics.horizontalAdvance("0")
            self._header.resizeSection(
                position, min(widest + room, round(_WIDEST * self._header.scale))
            )
        self.spread()

    def spread(self) -> None:
        """Give the room to spare to the wide column, and take what lacks from there."""
        spare = self._view.viewport().width() - self._header.length()
        for position, column in enumerate(self.columns):
            if column.wide and not self._header.isSectionHidden(position):
                width = self._header.sectionSize(position) + spare
                floor = round(column.width * self._header.scale)
                self._header.resizeSection(position, max(floor, width))
