"""How a cell is painted: plain text with room around it, and nothing else."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

PAD = 7  # pixels


class BandedView(QTableView):
    """A table that may have bands above some of its rows."""

    def band_above(self, row: int) -> int:
        """The height of the band above a row; 0 without one."""
        raise NotImplementedError


class RowDelegate(QStyledItemDelegate):
    """Text is drawn as it is, never as markup; a selected row is strong where the keyboard is."""

    def __init__(self, view: BandedView) -> None:
        super().__init__(view)
        self._view = view

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        self.initStyleOption(option, index)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette: QPalette = option.palette
        above = self._view.band_above(index.row())
        area: QRect = option.rect.adjusted(0, above, 0, 0)
        role, group = QPalette.ColorRole.Text, palette.currentColorGroup()
        if chosen:
            focused = bool(option.state & QStyle.StateFlag.State_Active)
            group = QPalette.ColorGroup.Active if focused else QPalette.ColorGroup.Inactive
            painter.fillRect(area, palette.color(group, QPalette.ColorRole.Highlight))
            role = QPalette.ColorRole.HighlightedText if focused else role
        painter.setFont(option.font)
        painter.setPen(palette.color(group, role))
        text = option.fontMetrics.elidedText(
            option.text,
            Qt.TextElideMode.ElideRight,
            area.width() - 2 * PAD,
        )
        alignment = option.displayAlignment
        painter.drawText(area.adjusted(PAD, 0, -PAD, 0), alignment, text)
