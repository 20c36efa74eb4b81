"""Paints a map of prototypes: memories as one image, prototypes as shapes with their labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPalette, QPen

from app.models.map_look import LARGEST, Look, Viewport, radii
from app.models.map_scene import GROUPS, Grouping, Places
from app.theme import Colour
from app.widgets.map_shapes import shape
from app.widgets.plain_text import one_line

_LABELS = 36
_LABEL_CHARACTERS = 34
_DIMMED = 0.75  # how far what is not selected goes towards the ground
_FEW, _FEW_SIDE, _MANY_SIDE = 8_000, 3, 2  # memories, and how wide the dot of one is
_ARROW = 3.0  # pixels; what moved less has no arrow
_SERIES = (Colour.SERIES_1, Colour.SERIES_2, Colour.SERIES_3, Colour.SERIES_4, Colour.SERIES_5)


def group_colours(grouping: Grouping) -> list[QColor]:
    """A colour for each group; groups in an order go from faint to strong."""
    if grouping.ordered:
        steps = max(1, len(grouping.names) - 1)
        low, high = Colour.FAINT.qcolor(), Colour.SERIES_1.qcolor()
        low = mixed(low, Colour.SURFACE.qcolor(), 0.3)
        return [mixed(low, high, at / steps) for at in range(max(1, len(grouping.names)))]
    return [*(one.qcolor() for one in _SERIES), Colour.FAINT.qcolor()][: GROUPS + 1]


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """A colour on the way from one to another."""
    parts = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


class MapPainter:
    """Paints looks; keeps the image of the memories while nothing about it changes."""

    def __init__(self, *, labels: bool = True) -> None:
        self._named = labels
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
        painter.drawImage(
            QRect(0, 0, size.width(), size.height()), self._memories(size, view, look, ratio)
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixels = view.pixels(look.standing.places, size)
        sizes = radii(look.standing.counts)
        seen = _within(pixels, size, LARGEST)
        self._arrows(painter, size, view, look, pixels, seen)
        for row in seen[np.argsort(-sizes[seen], kind="stable")].tolist():
            self._prototype(painter, QPointF(*pixels[row].tolist()), float(sizes[row]), row, look)
        if self._named:
            self._labels(painter, size, look, pixels, sizes, seen, palette)

    def _memories(self, size: QSize, view: Viewport, look: Look, ratio: float) -> QImage:
        key = (
            size,
            view,
            look.scene,
            look.grouping,
            look.selected,
            ratio,
            Colour.SURFACE.qcolor().rgb(),
        )
        if self._image is None or key != self._key:
            self._image, self._key = dots(size, view, look, ratio), key
        return self._image

    def _prototype(
        self, painter: QPainter, at: QPointF, radius: float, row: int, look: Look
    ) -> None:
        known = int(look.standing.rows[row])
        group = int(look.grouping.prototypes[known]) if known >= 0 else GROUPS
        colours = group_colours(look.grouping)
        colour = colours[min(group, len(colours) - 1)]
        chosen = known in look.selected
        if look.selected and not chosen:
            colour = mixed(colour, Colour.SURFACE.qcolor(), 0.55)
        edge = Colour.SURFACE.qcolor() if known >= 0 else Colour.MUTED.qcolor()
        fill = QColor(colour)
        fill.setAlphaF(0.9 if known >= 0 else 0.0)
        painter.setBrush(fill)
        painter.setPen(QPen(edge, 1.2))
        painter.drawPath(shape(group, radius).translated(at))
        if chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            wide = 3.0 if known == look.current else 1.6
            painter.setPen(QPen(Colour.ACCENT.qcolor(), wide))
            painter.drawPath(shape(group, radius + 3).translated(at))
        if known >= 0 and look.scene.prototypes[known].pinned:
            painter.setBrush(edge)
            painter.setPen(QPen(Colour.MUTED.qcolor(), 1))
            painter.drawEllipse(at, 2.2, 2.2)

    def _arrows(
        self,
        painter: QPainter,
        size: QSize,
        view: Viewport,
        look: Look,
        pixels: Places,
        seen: NDArray[np.int64],
    ) -> None:
        """From where each prototype stood a cycle before, if it moved so far that one sees it."""
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

    def _labels(
        self,
        painter: QPainter,
        size: QSize,
        look: Look,
        pixels: Places,
        sizes: NDArray[np.float32],
        seen: NDArray[np.int64],
        palette: QPalette,
    ) -> None:
        """Names beside the heaviest prototypes, the selected first, where there is room."""
        metrics = painter.fontMetrics()
        taken = [_around(pixels[row], sizes[row] * 0.7) for row in seen.tolist()[:200]]
        chosen = {int(row) for row in seen if int(look.standing.rows[row]) in look.selected}
        order = sorted(seen.tolist(), key=lambda row: (row not in chosen, -sizes[row]))
        placed = 0
        for row in order[: 3 * _LABELS]:
            known = int(look.standing.rows[row])
            if known < 0 or placed == _LABELS:
                continue
            text = one_line(look.scene.prototypes[known].told, _LABEL_CHARACTERS)
            area = _room(metrics, text, pixels[row], float(sizes[row]), size, taken)
            if area is None:
                continue
            taken.append(area)
            placed += 1
            colour = (
                palette.text().color() if row in chosen or not chosen else Colour.MUTED.qcolor()
            )
            _write(painter, area, text, colour)


def dots(size: QSize, view: Viewport, look: Look, ratio: float = 1.0) -> QImage:
    """The memories as an image: small squares, the selected ones above."""
    ground = Colour.SURFACE.qcolor()
    width, height = max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio))
    cells = np.full((height, width), ground.rgb(), np.uint32)
    pixels = view.pixels(look.scene.points, size) * np.float32(ratio)
    colours = _shades(look, ground)
    inside = (
        (pixels[:, 0] >= 0)
        & (pixels[:, 0] < width - _FEW_SIDE)
        & (pixels[:, 1] >= 0)
        & (pixels[:, 1] < height - _FEW_SIDE)
    )
    layers = [np.flatnonzero(inside)]
    if look.selected:
        above = look.scene.of_owners(sorted(look.selected))
        layers = [np.flatnonzero(inside & ~above), np.flatnonzero(inside & above)]
    flat = cells.reshape(-1)
    side = _FEW_SIDE if len(pixels) <= _FEW else _MANY_SIDE
    steps = [width * y + x for y in range(side) for x in range(side)]
    for layer in layers:
        at = pixels[layer, 1].astype(np.int64) * width + pixels[layer, 0].astype(np.int64)
        shades = colours[layer]
        for step in steps:
            flat[at + step] = shades
    image = QImage(cells.data, width, height, width * 4, QImage.Format.Format_RGB32)
    return image.copy()  # the image does not keep the array


def _shades(look: Look, ground: QColor) -> NDArray[np.uint32]:
    """A dot's value for each memory; what is not selected is dimmed."""
    groups = group_colours(look.grouping)
    strong = np.array([mixed(one, ground, 0.35).rgb() for one in groups], np.uint32)
    colours: NDArray[np.uint32] = strong[look.grouping.memories]
    if look.selected:
        dim = np.array([mixed(one, ground, _DIMMED).rgb() for one in groups], np.uint32)
        away = ~look.scene.of_owners(sorted(look.selected))
        colours[away] = dim[look.grouping.memories[away]]
    return colours


def _within(pixels: Places, size: QSize, margin: float) -> NDArray[np.int64]:
    right, bottom = size.width() + margin, size.height() + margin
    inside = (pixels > -margin).all(axis=1) & (pixels[:, 0] < right) & (pixels[:, 1] < bottom)
    return np.flatnonzero(inside)


def _around(at: Places, radius: float) -> QRectF:
    return QRectF(float(at[0]) - radius, float(at[1]) - radius, 2 * radius, 2 * radius)


def _room(
    metrics: QFontMetrics,
    text: str,
    at: Places,
    radius: float,
    size: QSize,
    taken: list[QRectF],
) -> QRectF | None:
    """Beside, above or below a prototype, wherever nothing else is."""
    wide, high = metrics.horizontalAdvance(text) + 4, metrics.height()
    x, y = float(at[0]), float(at[1])
    for left, top in (
        (x + radius + 2, y - high / 2),
        (x - radius - wide - 2, y - high / 2),
        (x - wide / 2, y - radius - high - 1),
        (x - wide / 2, y + radius + 1),
    ):
        area = QRectF(left, top, wide, high)
        whole = (
            left >= 0 and top >= 0 and area.right() < size.width() and area.bottom() < size.height()
        )
        if whole and not any(area.intersects(other) for other in taken):
            return area
    return None


def _write(painter: QPainter, area: QRectF, text: str, colour: QColor) -> None:
    """Text on a faint ground, readable over the dots."""
    ground = Colour.SURFACE.qcolor()
    ground.setAlphaF(0.7)
    painter.fillRect(area, ground)
    painter.setPen(colour)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(area, flags, text)
