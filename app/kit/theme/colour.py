"""Colours by their meaning, for light and dark."""

from __future__ import annotations

from enum import Enum

from PySide6.QtGui import QColor, QGuiApplication, QPalette


class Colour(Enum):
    """A colour by its meaning, as (light, dark); safe for colour-blind eyes, never used alone.

    Text colours have a contrast of 4.5:1 or more against ``SURFACE`` and the window.
    """

    ACCENT = ("#0a5fb4", "#6cb4ff")
    GOOD = ("#00695f", "#3fc9b0")
    WARN = ("#8a5500", "#f0b429")
    BAD = ("#b3261e", "#ff8a73")
    MUTED = ("#5a6472", "#9aa5b4")
    FAINT = ("#8a93a0", "#6d7886")  # for lines of text nobody must read, and idle marks
    LINE = ("#d5dae1", "#38404b")  # separators and card borders
    SURFACE = ("#ffffff", "#1e2329")  # cards and tables
    RAISED = ("#eef1f5", "#2b323b")  # headers, chips, hovered rows
    MATCH = ("#ffe08a", "#6b5410")  # behind the words that a search found
    USER = ("#7a4d9f", "#cfa6f2")
    AGENT = ("#0a5fb4", "#6cb4ff")
    TOOL = ("#00695f", "#3fc9b0")
    SYSTEM = ("#5a6472", "#9aa5b4")
    SERIES_1 = ("#0a5fb4", "#6cb4ff")
    SERIES_2 = ("#c25a00", "#ffab5e")
    SERIES_3 = ("#00796b", "#3fc9b0")
    SERIES_4 = ("#8e4a8b", "#dc9bd8")
    SERIES_5 = ("#6f6200", "#d9c84a")

    def qcolor(self) -> QColor:
        """The colour for the palette that the program wears now."""
        return QColor(self.value[1 if is_dark() else 0])


def is_dark() -> bool:
    """Whether the program wears its dark palette now."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128
