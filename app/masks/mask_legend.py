"""What the colours and shapes of a mask's strip mean, as swatches that break into lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.kit.flow_layout import FlowLayout
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM
from app.kit.theme.type_scale import TextRole
from app.masks.mask_reading import MaskReading

_SIDE = 10  # pixels of a swatch


class Swatch(QWidget):
    """A square in a colour, or a diamond, filled or not."""

    def __init__(self, colour: Colour, *, diamond: bool = False, filled: bool = True) -> None:
        super().__init__()
        self._colour, self._diamond, self._filled = colour, diamond, filled
        self.setFixedSize(QSize(_SIDE + 2, _SIDE + 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the colours of the theme."""
        painter = QPainter(self)
        colour = self._colour.qcolor()
        painter.setPen(colour)
        if self._filled:
            painter.setBrush(colour)
        if not self._diamond:
            painter.drawRect(QRectF(0.5, 0.5, _SIDE, _SIDE))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = _SIDE / 2
        corners = ((half, 0), (_SIDE, half), (half, _SIDE), (0, half))
        painter.drawPolygon(QPolygonF([QPointF(x + 1, y + 1) for x, y in corners]))


class MaskLegend(QWidget):
    """Swatches with their words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setSpacing(MEDIUM)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.values = SafeLabel(tone=Colour.MUTED, role=TextRole.CAPTION)
        self._put(Swatch(Colour.SERIES_1), "kept, stronger where more of its text is")
        self._put(Swatch(Colour.FAINT), "dropped")
        self._put(Swatch(Colour.WARN, diamond=True), "decision that is kept")
        self._put(Swatch(Colour.WARN, diamond=True, filled=False), "decision that is dropped")
        self._flow.addWidget(self.values)

    def _put(self, swatch: Swatch, words: str) -> None:
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HAIR)
        row.addWidget(swatch, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(SafeLabel(words, tone=Colour.MUTED, role=TextRole.CAPTION))
        self._flow.addWidget(pair)

    def show_masks(self, readings: Sequence[MaskReading]) -> None:
        """Say between which values the bars lie: drawn themselves they would all look alike."""
        low = min(min(reading.kept.mask, default=0) for reading in readings) / 255
        high = max(max(reading.kept.mask, default=0) for reading in readings) / 255
        self.values.setText(f"bars: how many steps each outranks (values {low:.2f} to {high:.2f})")
