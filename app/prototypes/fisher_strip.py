"""The Fisher information of a prototype as a strip of bars: which dimensions hold it."""

from __future__ import annotations

from array import array

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.kit.controls.picture_menu import Rows, popup_picture_menu
from app.kit.formatting import counted, number
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour
from hpm_engine import Prototype

_HEIGHT = 64  # pixels
_SIDE = 4  # pixels free at each side


class FisherStrip(QWidget):
    """A bar for each dimension; those that make up half of the sum are blue and reach over a line.

    The penalty of elastic weight consolidation is as steep in a dimension as its bar is high.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[float] = []
        self._firm: frozenset[int] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Fisher information by dimension")

    @property
    def description(self) -> str:
        """What the strip shows, in words."""
        if not self._values:
            return ""
        if not self._firm:
            return "Nothing holds it yet."
        return (
            f"Half of what holds it lies in {number(len(self._firm))} of "
            f"{counted(len(self._values), 'dimension')}."
        )

    def show_prototype(self, prototype: Prototype | None) -> None:
        """Show the information of a prototype, or nothing."""
        values = array("f")
        if prototype is not None:
            values.frombytes(prototype.strip)
        self._values = values.tolist()
        self._firm = _half(self._values)
        self.setAccessibleDescription(self.description)
        self.update()

    def sizeHint(self) -> QSize:
        """The size of a low strip."""
        return QSize(260, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.RAISED.qcolor())
        self.paint_into(painter, self.size())

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint the bars as large as ``size``."""
        highest = max(self._values, default=0.0)
        if highest <= 0:
            return
        wide = (size.width() - 2 * _SIDE) / len(self._values)
        room = size.height() - 2 * _SIDE
        firm, other = Colour.SERIES_1.qcolor(), Colour.FAINT.qcolor()
        for dimension, value in enumerate(self._values):
            high = max(1.0, value / highest * room)
            area = QRectF(_SIDE + dimension * wide, size.height() - _SIDE - high, wide, high)
            painter.fillRect(area, firm if dimension in self._firm else other)
        least = min((self._values[dimension] for dimension in self._firm), default=highest)
        y = size.height() - _SIDE - least / highest * room
        painter.setPen(QPen(Colour.MUTED.qcolor(), 1, Qt.PenStyle.DotLine))
        painter.drawLine(_SIDE, round(y), size.width() - _SIDE, round(y))

    def figures(self) -> Rows:
        """A row for each dimension."""
        rows: list[list[object]] = [["dimension", "fisher_information", "in_upper_half"]]
        for dimension, value in enumerate(self._values):
            rows.append([dimension, f"{value:.6g}", int(dimension in self._firm)])
        return rows

    def dimension_under(self, x: float) -> int | None:
        """The dimension under ``x`` pixels from the left."""
        room = self.width() - 2 * _SIDE
        if not self._values or room <= 0 or not _SIDE <= x < _SIDE + room:
            return None
        return min(len(self._values) - 1, int((x - _SIDE) * len(self._values) / room))

    def event(self, event: QEvent) -> bool:
        """Show a tip with the dimension under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            dimension = self.dimension_under(event.pos().x())
            if dimension is not None:
                share = self._values[dimension] / max(sum(self._values), 1e-12)
                text = f"dimension {dimension}: {self._values[dimension]:,.4g}, {share:.1%} of all"
                QToolTip.showText(event.globalPos(), tip(text), self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture and the figures for other programs."""
        popup_picture_menu(self, self, "fisher-information", event.globalPos())


def _half(values: list[float]) -> frozenset[int]:
    """The fewest dimensions whose sum is half of all."""
    total, reached = sum(values), 0.0
    chosen: list[int] = []
    for dimension in sorted(range(len(values)), key=lambda dimension: -values[dimension]):
        if reached >= total / 2:
            break
        reached += values[dimension]
        chosen.append(dimension)
    return frozenset(chosen)
