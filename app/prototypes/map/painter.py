"""The painter of a map: memories as an image, prototypes above it, drift, and names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPalette, QPen

from app.kit.theme.colour import Colour
from app.prototypes.map.colours import group_colours, mixed
from app.prototypes.map.dots import dots
from app.prototypes.map.labels import MOST, Room, around, shortened
from app.prototypes.map.look import LARGEST, Look, Viewport, radii
from app.prototypes.map.scene import GROUPS, Points
from app.prototypes.map.sprites import Mark, Sprites, draw_mark

_ARROW = 3.0  # pixels of movement that an arrow shows


class MapPainter:
    """A painter of looks that keeps the image of the memories while nothing about it changes.

    With ``vectors`` prototypes are painted as shapes, for a picture that is enlarged later.
    """

    def __init__(self, *, vectors: bool = False) -> None:
        self._vectors = vectors
        self._sprites = Sprites()
        self._image: QImage | None = None
        self._key: tuple[object, ...] = ()

    def paint(
        self,
        painter: QPainter,
        size: QSize,
        view: Viewport,
        look: Look,
        palette: QPalette,
        ratio: float = 1.0,
    ) -> None:
        """Paint what is seen, as large as ``size``, memories with ``ratio`` dots to a pixel."""
        whole = QRect(0, 0, size.width(), size.height())
        painter.drawImage(whole, self._memories(size, view, look, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixels = view.pixels(look.standing.places, size)
        sizes = radii(look.standing.counts)
        seen = _within(pixels, size, LARGEST)
        self._arrows(painter, size, view, look, pixels, seen)
        seen = seen[np.argsort(-sizes[seen], kind="stable")]
        spots = np.column_stack([pixels, sizes])[seen].tolist()
        for (x, y, _), mark in zip(spots, _marks(look, sizes, seen.tolist()), strict=True):
            if self._vectors:
                draw_mark(painter, QPointF(x, y), mark)
            else:
                self._sprites.draw(painter, QPointF(x, y), mark, ratio)
        _names(painter, size, look, spots, look.standing.rows[seen].tolist(), palette)

    def _memories(self, size: QSize, view: Viewport, look: Look, ratio: float) -> QImage:
        ground = Colour.SURFACE.qcolor().rgb()
        key = (size, view, look.scene, look.grouping, look.selected, ratio, ground)
        if self._image is None or key != self._key:
            self._image, self._key = dots(size, view, look, ratio), key
        return self._image

    def _arrows(
        self,
        painter: QPainter,
        size: QSize,
        view: Viewport,
        look: Look,
        pixels: Points,
        seen: NDArray[np.int64],
    ) -> None:
        """Paint an arrow from where a prototype stood a cycle before, if it moved far enough."""
        before = view.pixels(look.standing.before, size)
        lengths = np.linalg.norm(pixels - before, axis=1)
        painter.setPen(QPen(Colour.WARN.qcolor(), 1.6))
        painter.setBrush(Colour.WARN.qcolor())
        for row in seen[lengths[seen] > _ARROW].tolist():
            start, end = QPointF(*before[row].tolist()), QPointF(*pixels[row].tolist())
            along = (end - start) / float(lengths[row])
            across = QPointF(-along.y(), along.x())
            painter.drawLine(start, end)
            head = QPainterPath(end)
            head.lineTo(end - along * 7 + across * 3.5)
            head.lineTo(end - along * 7 - across * 3.5)
            head.closeSubpath()
            painter.drawPath(head)


def _marks(look: Look, sizes: NDArray[np.float32], seen: list[int]) -> list[Mark]:
    """How each prototype in sight looks: its group, and whether it is selected, pinned, or gone."""
    colours, ground = group_colours(look.grouping), Colour.SURFACE.qcolor()
    strong = [_rgba(colour, 0.9) for colour in colours]
    dim = [_rgba(mixed(colour, ground, 0.55), 0.9) for colour in colours]
    edge, gone = ground.rgba(), Colour.MUTED.qcolor().rgba()
    marks = []
    for row in seen:
        known, radius = int(look.standing.rows[row]), round(2 * float(sizes[row]))
        if known < 0:
            marks.append(Mark(GROUPS, radius, 0, gone, 0.0, pinned=False))
            continue
        group = min(int(look.grouping.prototypes[known]), len(colours) - 1)
        chosen = known in look.selected
        fill = dim[group] if look.selected and not chosen else strong[group]
        ring = (3.0 if known == look.current else 1.6) if chosen else 0.0
        pinned = look.scene.prototypes[known].pinned
        marks.append(Mark(group, radius, fill, edge, ring, pinned))
    return marks


def _names(
    painter: QPainter,
    size: QSize,
    look: Look,
    spots: list[list[float]],
    rows: list[int],
    palette: QPalette,
) -> None:
    """Paint the names of the heaviest prototypes, the selected first, on a faint ground."""
    room, metrics = Room(size), painter.fontMetrics()
    around(((x, y, radius) for x, y, radius in spots), room)
    ground = Colour.SURFACE.qcolor()
    ground.setAlphaF(0.7)
    strong, faint = palette.text().color(), Colour.MUTED.qcolor()
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
    order = sorted(range(len(rows)), key=lambda index: rows[index] not in look.selected)  # stable
    left = MOST
    for index in order[: 3 * MOST]:
        if rows[index] < 0:
            continue
        text = shortened(look.scene.prototypes[rows[index]].told)
        x, y, radius = spots[index]
        area: QRectF = room.take_beside(metrics, text, x, y, radius + 2)
        if area.isEmpty():
            continue
        painter.fillRect(area, ground)
        painter.setPen(strong if not look.selected or rows[index] in look.selected else faint)
        painter.drawText(area, flags, text)
        left -= 1
        if not left:
            return


def _rgba(colour: QColor, alpha: float) -> int:
    shown = QColor(colour)
    shown.setAlphaF(alpha)
    return shown.rgba()


def _within(pixels: Points, size: QSize, margin: float) -> NDArray[np.int64]:
    right, bottom = size.width() + margin, size.height() + margin
    inside = (pixels > -margin).all(axis=1) & (pixels[:, 0] < right) & (pixels[:, 1] < bottom)
    return np.flatnonzero(inside)
