"""A shape for each group of a map, so that colour never stands alone."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

NAMES = ("circles", "squares", "triangles", "diamonds", "pentagons", "stars")
_CORNERS = {2: (3, -0.5), 3: (4, -0.5), 4: (5, -0.5)}  # how many, and where the first (in π)


@lru_cache(2048)
def shape(group: int, radius: float) -> QPainterPath:
    """The outline of a group's shape about (0, 0), of about the same area for all."""
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
    angles = [(first + 2 * at / len(distances)) * pi for at in range(len(distances))]
    corners = zip(angles, distances, strict=True)
    path.addPolygon(QPolygonF([QPointF(far * cos(one), far * sin(one)) for one, far in corners]))
    path.closeSubpath()
