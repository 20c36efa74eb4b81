"""How the ratios of all compressed episodes are distributed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kit.controls.picture_menu import Rows, popup_picture_menu
from app.kit.formatting import counted, number
from app.kit.theme.colour import Colour

EDGES = (1, 2, 4, 6, 8, 10, 12, 12.5, 13, 14, 16, 20, 24, 32, 48, 64, 96, 128)


class RatioChart(QWidget):
    """Bars over ranges of ratios; each range begins at the number under its bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._counts = [0] * len(EDGES)

    def show_ratios(self, ratios: Sequence[float]) -> None:
        """Show another distribution."""
        ordered = sorted(ratios)  # 20,000 in 3 ms, looked at one by one in 20
        below = [0, *(bisect_left(ordered, edge) for edge in EDGES[1:]), len(ordered)]
        self._counts = [upper - lower for lower, upper in pairwise(below)]
        self.setAccessibleName(f"Ratios of {counted(len(ratios), 'compressed episode')}")
        self.update()

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(300, 84)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars on the surface."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.SURFACE.qcolor())
        self.paint_into(painter, self.size())

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint the bars as large as ``size``."""
        first, last = self._range()
        metrics = painter.fontMetrics()
        line = metrics.height()
        wide = (size.width() - 16) / max(1, last - first)
        high, base = size.height() - 2 * line - 4, size.height() - line - 2
        top = max(1, *self._counts)
        for index in range(first, last):
            x = 8 + (index - first) * wide
            tall = self._counts[index] / top * high
            colour = Colour.SERIES_1.qcolor()
            painter.fillRect(QRectF(x + 2, base - tall, wide - 4, tall), colour)
            count = self._counts[index]
            area = QRectF(x, base - tall - line, wide, line)
            if count:
                painter.setPen(self.palette().text().color())
                painter.drawText(area, Qt.AlignmentFlag.AlignHCenter, number(count))
            painter.setPen(Colour.MUTED.qcolor())
            under = QRectF(x, base + 1, wide, line)
            painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, f"{EDGES[index]:g}x")
        painter.setPen(QPen(Colour.LINE.qcolor(), 1))
        painter.drawLine(QPointF(8, base + 0.5), QPointF(size.width() - 8, base + 0.5))

    def _range(self) -> tuple[int, int]:
        """The bars from the first that counts something to the last, one beyond either."""
        used = [index for index, count in enumerate(self._counts) if count]
        if not used:
            return 0, len(EDGES)
        return max(0, used[0] - 1), min(len(EDGES), used[-1] + 2)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture and the figures for other programs."""
        popup_picture_menu(self, self, "ratios", event.globalPos())

    def figures(self) -> Rows:
        """A row for each range."""
        return [("from_ratio", "episodes"), *zip(EDGES, self._counts, strict=True)]
