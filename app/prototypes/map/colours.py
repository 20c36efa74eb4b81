"""The colours of a map's groups."""

from __future__ import annotations

from PySide6.QtGui import QColor

from app.kit.theme.colour import Colour
from app.prototypes.map.scene import Grouping

_SERIES = (Colour.SERIES_1, Colour.SERIES_2, Colour.SERIES_3, Colour.SERIES_4, Colour.SERIES_5)


def group_colours(grouping: Grouping) -> list[QColor]:
    """A colour for each group; groups in an order go from faint to strong."""
    if grouping.ordered:
        steps = max(1, len(grouping.names) - 1)
        low, high = Colour.FAINT.qcolor(), Colour.SERIES_1.qcolor()
        low = mixed(low, Colour.SURFACE.qcolor(), 0.3)
        return [mixed(low, high, index / steps) for index in range(max(1, len(grouping.names)))]
    return [*(colour.qcolor() for colour in _SERIES), Colour.FAINT.qcolor()]


def mixed(start: QColor, other: QColor, share: float) -> QColor:
    """A colour between two others: ``start`` at a share of 0, ``other`` at 1."""
    pairs = (
        (start.red(), other.red()),
        (start.green(), other.green()),
        (start.blue(), other.blue()),
    )
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))
