"""Lines of text that part the rows of a table, painted above the rows that begin a group."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QTableView

from app.kit.table.row_delegate import PAD
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import SMALL
from app.kit.theme.type_scale import TextRole


def _font(view: QTableView) -> QFont:
    font = TextRole.CAPTION.font(view.font())
    font.setWeight(QFont.Weight.DemiBold)
    return font


def band_height(view: QTableView) -> int:
    """How high a band is in a view."""
    return QFontMetrics(_font(view)).height() + SMALL


def paint_bands(view: QTableView, bands: Mapping[int, str]) -> None:
    """Paint the bands that are in sight over what the view has painted."""
    viewport = view.viewport()
    first, last = view.rowAt(0), view.rowAt(viewport.height() - 1)
    count = view.model().rowCount()
    painter = QPainter(viewport)
    painter.setFont(_font(view))
    height = band_height(view)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    for row in range(max(0, first), (count if last < 0 else last + 1)):
        if row not in bands:
            continue
        area = QRect(0, view.rowViewportPosition(row), viewport.width(), height)
        painter.fillRect(area, view.palette().color(QPalette.ColorRole.Window))
        painter.setPen(Colour.MUTED.qcolor())
        painter.drawText(area.adjusted(PAD, 0, -PAD, 0), left, bands[row])
    painter.end()
