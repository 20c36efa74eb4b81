"""How a cell is painted: plain text with room around it, and nothing else."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

PAD = 7  # pixels


class RowDelegate(QStyledItemDelegate):
    """Text is drawn as it is, never as markup; a selected row is strong where the keyboard is."""

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
        area: QRect = option.rect
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
