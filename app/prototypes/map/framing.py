"""The whole map fitted into its pane."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize

from app.prototypes.map.look import Viewport
from app.prototypes.map.scene import MapScene, Points

_ROOM = 0.9  # share of the pane that the whole map takes
_STRETCH = 2.0  # how far the map may be stretched to fill the pane
_FAR_OFF = 1.0  # per cent of the memories at each side that the whole map may leave out


def whole(scene: MapScene, size: QSize) -> Viewport:
    """The view of all of a map, which has a prototype or more, in a pane of this size."""
    low, high = _bounds(scene)
    middle, span = (low + high) / 2, np.maximum(high - low, 1e-3)
    across = _ROOM * size.width() / float(span[0])
    down = _ROOM * size.height() / float(span[1])
    stretch = min(max(across / down, 1 / _STRETCH), _STRETCH)
    scale = min(down, across / stretch)
    return Viewport(float(middle[0]), float(middle[1]), scale, stretch)


def _bounds(scene: MapScene) -> tuple[Points, Points]:
    """The corners of a map; a few memories far off do not make all else small."""
    low, high = scene.places.min(axis=0), scene.places.max(axis=0)
    if count := len(scene.points):
        # Not np.percentile: its first call imports numpy.ma, on the thread of the window.
        left_out = int((count - 1) * _FAR_OFF / 100)
        ordered = np.partition(scene.points, (left_out, count - 1 - left_out), axis=0)
        low = np.minimum(low, ordered[left_out])
        high = np.maximum(high, ordered[count - 1 - left_out])
    return low, high
