"""What lies under a pixel of a map, within an outline, or beside a prototype."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QSize

from app.prototypes.map.look import Look, Viewport, radii
from app.prototypes.map.scene import Points, inside

_NEAR = 6.0  # pixels around a memory within which the pointer means it
_SLACK = 2.0  # pixels around a prototype that still count as it


class Reach:
    """What can be reached in one look at the plane; pixels count from the top left."""

    def __init__(self, look: Look, view: Viewport, size: QSize) -> None:
        self._look, self._view, self._size = look, view, size
        self._prototypes = view.pixels(look.standing.places, size)

    def prototype_under(self, pixel: QPointF) -> int | None:
        """The row of the prototype under a pixel."""
        standing = self._look.standing
        if not len(standing.places):
            return None
        off = _distances(self._prototypes, pixel) - radii(standing.counts)
        nearest = int(off.argmin())
        row = int(standing.rows[nearest])
        return row if off[nearest] <= _SLACK and row >= 0 else None

    def memory_under(self, pixel: QPointF) -> int | None:
        """The memory under a pixel."""
        if not len(self._look.scene.points):
            return None
        off = _distances(self._view.pixels(self._look.scene.points, self._size), pixel)
        nearest = int(off.argmin())
        return nearest if off[nearest] <= _NEAR else None

    def within(self, outline: Sequence[QPointF]) -> tuple[int, ...]:
        """The prototypes in an outline; where there is none, those of the memories in it."""
        edge: Points = np.array([(corner.x(), corner.y()) for corner in outline], np.float32)
        standing, scene = self._look.standing, self._look.scene
        rows_within = standing.rows[inside(self._prototypes, edge)]
        rows = {int(row) for row in rows_within if row >= 0}
        if not rows:
            held = inside(self._view.pixels(scene.points, self._size), edge)
            rows = {int(row) for row in scene.owners[held]}
        return tuple(sorted(rows))

    def beside(self, dx: int, dy: int) -> int | None:
        """The nearest prototype in a direction from the current one, or from the middle."""
        standing = self._look.standing
        if not len(standing.places):
            return None
        here = np.flatnonzero(standing.rows == self._look.current)
        start = np.array([self._size.width() / 2, self._size.height() / 2])
        if len(here):
            start = self._prototypes[here[0]].astype(np.float64)
        by = self._prototypes - start
        along, across = by @ np.array([dx, dy]), np.abs(by @ np.array([dy, dx]))
        cost = np.where((along > 0.5) & (standing.rows >= 0), along + 2 * across, np.inf)
        nearest = int(cost.argmin())
        return int(standing.rows[nearest]) if np.isfinite(cost[nearest]) else None


def _distances(pixels: Points, pixel: QPointF) -> Points:
    distances: Points = np.linalg.norm(
        pixels - np.array([pixel.x(), pixel.y()], np.float32), axis=1
    )
    return distances
