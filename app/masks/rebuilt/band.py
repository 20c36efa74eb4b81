"""Paints how near each rebuilt step comes to the original, and which are found again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from app.kit.bar_image import shades
from app.kit.theme.colour import Colour
from app.masks.rebuilt.reading import Rebuilding, RebuiltReading

MARKS = 4  # pixels: the ticks of stored values
BAND = 10  # pixels: the cells under them
LEGEND = "stronger: nearer to the original · tall: found again · ▾ value stored"
_LOW = 4  # of a cell of a step that is taken for another one
_FEW = 300  # cells that are painted one by one, with gaps between them
_WAITING = "being worked out from the stored values…"
_NOTHING = "nothing"  # why is said once, in the legend

Cell = tuple[float, float, int, int]  # x, width, and the steps from and up to which it stands


def paint_rebuilt(
    painter: QPainter, area: QRectF, cells: Sequence[Cell], rebuilding: Rebuilding, ink: QColor
) -> None:
    """Paint a band ``MARKS + BAND`` high; in words where there is nothing to show."""
    if not isinstance(rebuilding, RebuiltReading):
        _write(painter, area, _WAITING if rebuilding is None else _NOTHING)
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    band = QRectF(area.x(), area.y() + MARKS, area.width(), BAND)
    painter.fillRect(band, Colour.RAISED.qcolor())
    colours = [_shaded(shade) for shade in range(256)]
    near = [max(rebuilding.shades[start:stop]) for _, _, start, stop in cells]
    recognised = [max(rebuilding.recognised[start:stop]) for _, _, start, stop in cells]
    held = [max(rebuilding.valued[start:stop]) for _, _, start, stop in cells]
    if len(cells) > _FEW:
        _paint_many(painter, band, (near, recognised, held), colours, ink)
    else:
        for (x, wide, _, _), shade, again in zip(cells, near, recognised, strict=True):
            high = BAND if again else _LOW
            painter.fillRect(QRectF(x, band.bottom() - high, wide, high), colours[shade])
        _paint_ticks(painter, band.top(), cells, held, ink)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_many(
    painter: QPainter,
    band: QRectF,
    rows: tuple[Sequence[int], Sequence[int], Sequence[int]],
    colours: Sequence[QColor],
    ink: QColor,
) -> None:
    """The same as images: two for the cells, of which the upper has the found ones alone."""
    near, recognised, held = rows
    clear = QColor(Qt.GlobalColor.transparent)
    upper, lower, marks = QRectF(band), QRectF(band), QRectF(band)
    upper.setHeight(BAND - _LOW)
    lower.setTop(band.bottom() - _LOW)
    marks.moveTop(band.top() - MARKS)
    marks.setHeight(MARKS - 2)
    # No shade is 0 here: that is the place of what is not painted.
    tall = [max(1, shade) if again else 0 for shade, again in zip(near, recognised, strict=True)]
    painter.drawImage(lower, shades(near, colours))
    painter.drawImage(upper, shades(tall, [clear, *colours[1:]]))
    painter.drawImage(marks, shades([min(1, mark) for mark in held], [clear, ink]))


def _paint_ticks(
    painter: QPainter, y: float, cells: Sequence[Cell], held: Sequence[int], ink: QColor
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for (x, wide, _, _), has in zip(cells, held, strict=True):
        if has:
            middle, half = x + wide / 2, min(3.0, max(1.5, wide / 2))
            top = [QPointF(middle - half, y - MARKS), QPointF(middle + half, y - MARKS)]
            painter.drawPolygon(QPolygonF([*top, QPointF(middle, y - 1)]))


def _write(painter: QPainter, area: QRectF, text: str) -> None:
    painter.setPen(Colour.MUTED.qcolor())
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
    x = area.right() - metrics.horizontalAdvance(shown)  # the cursor begins at the first step
    painter.drawText(QPointF(x, area.center().y() + metrics.ascent() / 2 - 1), shown)


def _shaded(shade: int) -> QColor:
    colour = Colour.SERIES_4.qcolor()
    colour.setAlphaF(0.12 + 0.88 * shade / 255)
    return colour
