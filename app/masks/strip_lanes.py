"""Where the lanes of a mask's strip lie, and which steps each of its bars stands for."""

from __future__ import annotations

from app.masks.rebuilt.band import BAND, MARKS, Cell

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
