"""The shapes of a map's groups: colour never stands alone."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

NAMES = ("circles", "squares", "triangles", "diamonds", "pentagons", "stars")
_CORNERS = {
    2: (3, -0.5),
    3: (4, -0.5),
    4: (5, -0.5),
}  # group: how many, and the angle of the first (π)


@lru_cache(2048)
def shape(group: int, radius: float) -> QPainterPath:
    """The outline of a group's shape about (0, 0); all have about the same area."""
    path = QPainterPath()
    if group == 0:
        path.addEllipse(QPointF(0, 0), radius, radius)
    elif group == 1:
        side = 1.78 * radius
        path.addRect(QRectF(-side / 2, -side / 2, side, side))
    elif group in _CORNERS:
        corners, first = _CORNERS[group]
        _close(path, [radius * 1.22] * corners, first)
    else:
        _close(path, [radius * 1.4, radius * 0.62] * 5, -0.5)
    return path


def _close(path: QPainterPath, distances: list[float], first: float) -> None:
    angles = [(first + 2 * index / len(distances)) * pi for index in range(len(distances))]
    corners = zip(angles, distances, strict=True)
    path.addPolygon(
        QPolygonF([QPointF(far * cos(angle), far * sin(angle)) for angle, far in corners])
    )
    path.closeSubpath()
