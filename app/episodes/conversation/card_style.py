"""Fonts and colours of step cards, looked up once per change of theme or text size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QColor, QFont, QFontMetrics, QTextCharFormat
from PySide6.QtWidgets import QApplication

from app.episodes.text.spans import Ink
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole, fixed_font

READING_WIDTH = 90  # characters in a line; longer ones are hard to follow
_INKS = {
    Ink.KEY: Colour.SERIES_1,
    Ink.STRING: Colour.SERIES_3,
    Ink.NUMBER: Colour.WARN,
    Ink.KEYWORD: Colour.SERIES_4,
    Ink.COMMENT: Colour.MUTED,
    Ink.ADDED: Colour.GOOD,
    Ink.REMOVED: Colour.BAD,
    Ink.PLACE: Colour.SERIES_4,
    Ink.LINK: Colour.ACCENT,
}
_HEADINGS = (1.45, 1.28, 1.15, 1.05, 1.0, 1.0)  # shares of the body's size, by level
_TINT = 0.05  # of a source's colour in the ground of its cards


class CardStyle:
    """What painting a card needs, replaced when the look changes; ``faded`` while it is grey."""

    def __init__(self, font: QFont) -> None:
        self.body = QFont(font)
        self.bold = QFont(font)
        self.bold.setWeight(QFont.Weight.DemiBold)
        self.small = TextRole.CAPTION.font(font)
        self.mono = QFont(fixed_font())
        self.mono.setPointSizeF(font.pointSizeF() * 0.95)
        self.headings = [_heading(font, share) for share in _HEADINGS]
        self.body_metrics = QFontMetrics(self.body)
        self.bold_metrics = QFontMetrics(self.bold)
        self.small_metrics = QFontMetrics(self.small)
        self.mono_metrics = QFontMetrics(self.mono)
        self.faded = False
        self._set_colours()
        self.formats = {ink: self._format(ink) for ink in Ink}

    def _set_colours(self) -> None:
        palette = QApplication.palette()
        self.text = palette.text().color()
        self.focus = palette.highlight().color()
        self.chosen = palette.highlight().color()
        self.chosen_text = palette.highlightedText().color()
        self.surface = Colour.SURFACE.qcolor()
        self.box = Colour.RAISED.qcolor()
        self.line = Colour.LINE.qcolor()
        self.muted = Colour.MUTED.qcolor()
        self.link = Colour.ACCENT.qcolor()
        self.bad = Colour.BAD.qcolor()
        self.hit = Colour.MATCH.qcolor()
        self.inks: dict[Ink, QColor] = {ink: colour.qcolor() for ink, colour in _INKS.items()}

    @contextmanager
    def fading(self, faded: bool) -> Iterator[None]:
        """Write all words in the one colour of what compression drops, where ``faded``."""
        if not faded:
            yield
            return
        before = self.text, self.muted, self.link, self.bad
        grey = Colour.DROPPED.qcolor()
        self.text = self.muted = self.link = self.bad = grey
        self.faded = True
        yield
        self.text, self.muted, self.link, self.bad = before
        self.faded = False

    def ink(self, colour: Colour) -> QColor:
        """A colour, or grey while it fades."""
        return self.text if self.faded else colour.qcolor()

    @property
    def header_height(self) -> int:
        """The first line of a card."""
        return self.body_metrics.height() + 8

    @property
    def reading_width(self) -> int:
        """The width of a line that is read with ease."""
        return self.body_metrics.averageCharWidth() * READING_WIDTH

    def tinted(self, colour: Colour) -> QColor:
        """The ground of a card with a trace of a source's colour."""
        ground, tint = self.surface, colour.qcolor()
        return QColor(
            round(ground.red() * (1 - _TINT) + tint.red() * _TINT),
            round(ground.green() * (1 - _TINT) + tint.green() * _TINT),
            round(ground.blue() * (1 - _TINT) + tint.blue() * _TINT),
        )

    def _format(self, ink: Ink) -> QTextCharFormat:
        shape = QTextCharFormat()
        match ink:
            case Ink.HIT:
                shape.setBackground(self.hit)
                shape.setForeground(self.text)
            case Ink.CODE:
                shape.setFont(self.mono)
                shape.setBackground(self.box)
            case Ink.STRONG:
                shape.setFontWeight(QFont.Weight.Bold)
            case Ink.EMPHASIS:
                shape.setFontItalic(True)
            case Ink.STRUCK:
                shape.setFontStrikeOut(True)
            case _:
                shape.setForeground(self.inks[ink])
                shape.setFontUnderline(ink is Ink.LINK)
        return shape


def _heading(body: QFont, share: float) -> QFont:
    font = QFont(body)
    font.setPointSizeF(body.pointSizeF() * share)
    font.setWeight(QFont.Weight.DemiBold)
    return font
