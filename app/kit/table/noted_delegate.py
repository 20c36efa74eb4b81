"""A row of a list with a note at its right end."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.kit.theme.colour import Colour
from app.kit.theme.spacing import SMALL

NOTE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class NotedDelegate(QStyledItemDelegate):
    """Paints the text of the role ``NOTE`` in a quiet colour."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(0, option.fontMetrics.height() + 10)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Cut the row's text where its note begins."""
        super().initStyleOption(option, index)
        if note := index.data(NOTE):
            metrics = option.fontMetrics
            room = option.rect.width() - metrics.horizontalAdvance(note) - 4 * SMALL
            option.text = metrics.elidedText(option.text, Qt.TextElideMode.ElideRight, room)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row, then the note over it."""
        super().paint(painter, option, index)
        chosen = option.state & QStyle.StateFlag.State_Selected
        highlighted = option.palette.color(option.palette.ColorRole.HighlightedText)
        painter.setPen(highlighted if chosen else Colour.MUTED.qcolor())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(0, 0, -SMALL, 0), right.value, index.data(NOTE) or "")
