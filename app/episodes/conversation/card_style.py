"""Fonts and colours of step cards, looked up once per change of theme or text size."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QFontMetrics
from PySide6.QtWidgets import QApplication

from app.episodes.conversation.highlighting import Ink
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import fixed_font

_INKS = {
    Ink.KEY: Colour.SERIES_1,
    Ink.STRING: Colour.SERIES_3,
    Ink.NUMBER: Colour.SERIES_2,
    Ink.KEYWORD: Colour.SERIES_4,
    Ink.COMMENT: Colour.MUTED,
    Ink.ADDED: Colour.GOOD,
    Ink.REMOVED: Colour.BAD,
    Ink.PLACE: Colour.SERIES_4,
}


class CardStyle:
    """What painting a card needs; immutable in use, replaced when the look changes."""

    def __init__(self, font: QFont) -> None:
        self.body = QFont(font)
        self.bold = QFont(font)
        self.bold.setBold(True)
        self.small = QFont(font)
        self.small.setPointSizeF(font.pointSizeF() * 0.92)
        self.mono = QFont(fixed_font())
        self.mono.setPointSizeF(font.pointSizeF() * 0.95)
        self.body_metrics = QFontMetrics(self.body)
        self.small_metrics = QFontMetrics(self.small)
        self.mono_metrics = QFontMetrics(self.mono)
        palette = QApplication.palette()
        self.text = palette.text().color()
        self.window = palette.window().color()
        self.focus = palette.highlight().color()
        self.surface = Colour.SURFACE.qcolor()
        self.box = Colour.RAISED.qcolor()
        self.line = Colour.LINE.qcolor()
        self.muted = Colour.MUTED.qcolor()
        self.link = Colour.ACCENT.qcolor()
        self.bad = Colour.BAD.qcolor()
        self.hit = Colour.MATCH.qcolor()
        self.hit_text = self.text
        self.inks: dict[Ink, QColor] = {ink: colour.qcolor() for ink, colour in _INKS.items()}

    @property
    def header_height(self) -> int:
        """The first line of a card."""
        return self.body_metrics.height() + 8
