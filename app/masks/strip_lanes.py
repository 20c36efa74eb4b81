"""Where the lanes of a mask's strip lie, and which steps each of its bars stands for."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from app.masks.rebuilt.band import BAND, MARKS, Cell

USUAL_TEXT = 16  # pixels of a line of text that the lanes are made for
LEFT = 132  # pixels: the lanes' names
RIGHT = 10  # pixels
TOP = 6  # pixels
CURVE = 62  # pixels: the course of the actions
POINTS = 14  # pixels: the decision points
VALUES = 30  # pixels: the bars of a lane
KEPT = 10  # pixels: the kept set of a lane
GAP = 5  # pixels between two parts of a lane
LANE = VALUES + KEPT + MARKS + BAND + 2 * GAP + 2  # pixels: all of a scorer


def cells(width: int, count: int) -> list[Cell]:
    """The bars of ``count`` steps in a strip of ``width`` pixels."""
    bars = max(1, min(count, width - LEFT - RIGHT))
    wide = (width - LEFT - RIGHT) / bars
    gap = 1.0 if wide >= 4 else 0.0
    return [
        (
            LEFT + bar * wide,
            max(1.0, wide - gap),
            bar * count // bars,
            (bar + 1) * count // bars,
        )
        for bar in range(bars)
    ]


def enlarged(painter: QPainter, strip: QWidget, zoom: float) -> int:
    """Enlarge what is painted, its text to the strip's size; the width that there is for it."""
    font = strip.font()
    font.setPointSizeF(font.pointSizeF() / zoom)
    painter.setFont(font)
    painter.scale(zoom, zoom)
    return round(strip.width() / zoom)


def shaded(colour: QColor, share: int) -> QColor:
    """The colour of a kept step, fainter where less of its text is kept: 255 is all of it."""
    result = QColor(colour)
    result.setAlphaF(0.3 + 0.7 * share / 255)
    return result
