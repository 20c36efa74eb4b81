"""Names beside the prototypes of a map, wherever there is room."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFontMetrics

from app.kit.plain_text import one_line

MOST = 36  # names
_CHARACTERS = 34  # of a name
_CELL = 4  # pixels: the side of a cell of the grid


class Room:
    """A grid of what is taken of a picture: a look costs the same however much is taken."""

    def __init__(self, size: QSize) -> None:
        self._size = size
        self._taken = np.zeros((size.height() // _CELL + 2, size.width() // _CELL + 2), np.bool_)

    def take(self, area: QRectF) -> None:
        """Mark an area as taken."""
        self._cells(area)[:] = True

    def take_beside(
        self, metrics: QFontMetrics, text: str, x: float, y: float, off: float
    ) -> QRectF:
        """Take an area for a text beside, above or below a point; empty where there is none.

        ``off`` is how many pixels around the point are taken already.
        """
        wide, high = metrics.horizontalAdvance(text) + 4, metrics.height()
        whole = QRectF(0, 0, self._size.width(), self._size.height())
        for left, top in (
            (x + off, y - high / 2),
            (x - off - wide, y - high / 2),
            (x - wide / 2, y - off - high),
            (x - wide / 2, y + off),
        ):
            area = QRectF(left, top, wide, high)
            if whole.contains(area) and not self._cells(area).any():
                self.take(area)
                return area
        return QRectF()

    def _cells(self, area: QRectF) -> NDArray[np.bool_]:
        left, top = max(0, int(area.left()) // _CELL), max(0, int(area.top()) // _CELL)
        right, bottom = int(area.right()) // _CELL + 1, int(area.bottom()) // _CELL + 1
        return self._taken[top : max(top, bottom), left : max(left, right)]


@lru_cache(4_096)
def shortened(text: str) -> str:
    """A name as it stands on the map."""
    return one_line(text, _CHARACTERS)


def around(spots: Iterable[tuple[float, float, float]], room: Room) -> None:
    """Take the middles of shapes, given as x, y and radius: a name may touch their edges."""
    for x, y, radius in spots:
        side = 1.4 * radius
        room.take(QRectF(x - side / 2, y - side / 2, side, side))
