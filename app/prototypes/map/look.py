"""How a map of prototypes is shown: which part of the plane is in sight, and what is marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize

from app.prototypes.map.scene import Grouping, MapScene, Points, Standing

SMALLEST = 4.0  # pixels: the radius of a prototype that explains nothing
LARGEST = 20.0  # pixels: the radius of the one that explains most


@dataclass(frozen=True, slots=True)
class Viewport:
    """The part of the plane in sight: the point in the middle, and pixels for a unit.

    ``scale`` is that of the plane's y, ``stretch`` times as much that of its x: the axes of the
    layout mean nothing, and a map that fills its pane is easier to read.
    """

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    stretch: float = 1.0

    def pixels(self, points: Points, size: QSize) -> Points:
        """The pixels (n, 2) of points (n, 2), from the top left; the plane's y runs upwards."""
        half = np.array([size.width() / 2, size.height() / 2], np.float32)
        scales = np.array([self.scale * self.stretch, -self.scale], np.float32)
        seen = (points - np.array([self.x, self.y], np.float32)) * scales
        moved: Points = seen + half
        return moved

    def point(self, pixel: QPointF, size: QSize) -> tuple[float, float]:
        """The point (x, y) of the plane under a pixel."""
        x = (pixel.x() - size.width() / 2) / (self.scale * self.stretch) + self.x
        return x, (size.height() / 2 - pixel.y()) / self.scale + self.y


@dataclass(frozen=True, slots=True)
class Look:
    """How a scene is shown: its groups, what is selected, and at which moment."""

    scene: MapScene
    grouping: Grouping
    standing: Standing
    selected: frozenset[int] = frozenset()  # rows of prototypes
    current: int = -1


def radii(counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """The radius of each prototype (n,) in pixels: its area grows with what it explains."""
    share = np.sqrt(counts / max(float(counts.max(initial=0.0)), 1e-9))
    pixels: NDArray[np.float32] = SMALLEST + (LARGEST - SMALLEST) * share
    return pixels
