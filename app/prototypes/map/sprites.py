"""Small pictures of prototypes: painting a shape anew costs a hundred times as much."""

from __future__ import annotations

from collections import OrderedDict
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from app.kit.theme.colour import Colour
from app.prototypes.map.shapes import shape

_KEPT = 2_000  # pictures
_EDGE = 1.2  # pixels: the width of an outline
_RING = 3.0  # pixels from a chosen mark to its ring


class Mark(NamedTuple):
    """How a prototype looks; radius in half pixels, colours as 32 bits, ``ring`` pixels or 0."""

    group: int
    radius: int
    fill: int
    edge: int
    ring: float
    pinned: bool


class Sprites:
    """A painter of marks that keeps a picture of each kind."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Mark, float], QPixmap] = OrderedDict()

    def draw(self, painter: QPainter, middle: QPointF, mark: Mark, ratio: float) -> None:
        """Draw a mark around its middle."""
        picture = self._kept.get((mark, ratio))
        if picture is None:
            picture = self._kept[mark, ratio] = _painted(mark, ratio)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        half = picture.width() / ratio / 2
        painter.drawPixmap(QPointF(round(middle.x() - half), round(middle.y() - half)), picture)


def draw_mark(painter: QPainter, middle: QPointF, mark: Mark) -> None:
    """Paint a mark as shapes, for vector pictures."""
    radius = mark.radius / 2
    painter.setBrush(QColor.fromRgba(mark.fill))
    painter.setPen(QPen(QColor.fromRgba(mark.edge), _EDGE))
    painter.drawPath(shape(mark.group, radius).translated(middle))
    if mark.ring:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(Colour.ACCENT.qcolor(), mark.ring))
        painter.drawPath(shape(mark.group, radius + _RING).translated(middle))
    if mark.pinned:
        painter.setBrush(QColor.fromRgba(mark.edge))
        painter.setPen(QPen(Colour.MUTED.qcolor(), 1))
        painter.drawEllipse(middle, 2.2, 2.2)


def _painted(mark: Mark, ratio: float) -> QPixmap:
    half = ceil(mark.radius / 2 * 1.5 + _RING + 3)
    picture = QPixmap(round(2 * half * ratio), round(2 * half * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_mark(painter, QPointF(half, half), mark)
    painter.end()
    return picture
