"""A piece of text on a card: laid out once, painted, selected and hit by the pointer."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from app.episodes.conversation.card_style import CardStyle
from app.episodes.text.spans import Span
from app.episodes.text.text_block import Link

_WIDE = re.compile("[\U00010000-\U0010ffff]")
_BREAK = "\u2028"  # the line break of a QTextLayout


class TextPiece:
    """A paragraph, a box of code or a cell of a table, at its place on a part.

    Offsets are units of Qt's text (UTF-16), ``length`` of them. ``lead`` stands before the
    text when it is copied.
    """

    def __init__(
        self,
        text: str,
        spans: Sequence[Span],
        links: Sequence[Link],
        font: QFont,
        style: CardStyle,
        width: int,
        leading: float = 1.0,
    ) -> None:
        self.x = self.y = 0
        self.lead = ""
        self.after = "\n"  # what follows when it is copied together with the next piece
        self.text = text
        self.length = len(text) if text.isascii() else len(_data(text)) // 2
        unit_of = _units(text)
        self._links = [(unit_of(ln.start), unit_of(ln.stop), ln.target) for ln in links]
        layout = self._layout = QTextLayout(text.replace("\n", _BREAK), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTabStopDistance(4 * style.mono_metrics.horizontalAdvance(" "))
        layout.setTextOption(option)
        if spans:
            layout.setFormats([_format(span, unit_of, style) for span in spans])
        self.width = width
        self.height = self._break_lines(width, leading)

    def _break_lines(self, width: int, leading: float) -> int:
        layout, y = self._layout, 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(40, width))
            extra = line.height() * (leading - 1)
            line.setPosition(QPointF(0, y + extra / 2))
            y += line.height() + extra
        layout.endLayout()
        return int(y + 0.99)

    @property
    def natural_width(self) -> int:
        """The width that the longest line takes."""
        return int(self._layout.maximumWidth() + 1)

    @property
    def formats(self) -> list[QTextLayout.FormatRange]:
        """How its spans are painted."""
        return self._layout.formats()

    def draw(
        self,
        painter: QPainter,
        x: float,
        y: float,
        clip: QRectF,
        chosen: tuple[int, int] | None,
        style: CardStyle,
    ) -> None:
        """Paint with the top left of its part at ``x``, ``y``; ``chosen`` units as selected."""
        selections = []
        if style.faded:  # over the colours of its own spans
            selections.append(_choice(0, self.length, style.text))
        if chosen is not None and chosen[1] > chosen[0]:
            selections.append(_choice(*chosen, style.chosen_text, style.chosen))
        painter.setPen(style.text)
        self._layout.draw(painter, QPointF(x + self.x, y + self.y), selections, clip)

    # -- the pointer -----------------------------------------------------------------------

    def unit_at(self, x: float, y: float) -> int:
        """The unit that is nearest to a point of its part."""
        line = self._line_at(y - self.y)
        return line.xToCursor(x - self.x) if line is not None else 0

    def link_at(self, x: float, y: float) -> str:
        """Where the words at a point of its part lead, "" if nowhere."""
        line = self._line_at(y - self.y)
        if not self._links or line is None:
            return ""
        if not 0 <= x - self.x <= line.naturalTextWidth():
            return ""
        unit = line.xToCursor(x - self.x, QTextLine.CursorPosition.CursorOnCharacter)
        return next((to for start, stop, to in self._links if start <= unit < stop), "")

    def word_at(self, unit: int) -> tuple[int, int]:
        """The units of the word around a unit."""
        words = QTextLayout.CursorMode.SkipWords
        stop = self._layout.nextCursorPosition(unit, words)
        start = self._layout.previousCursorPosition(stop, words)
        if start > unit:
            start = self._layout.previousCursorPosition(unit, words)
        text = self.between(start, stop)
        return start, stop - (len(text) - len(text.rstrip()))

    def between(self, start: int, stop: int) -> str:
        """The text from one unit to another."""
        return _data(self.text)[2 * start : 2 * stop].decode("utf-16-le", "replace")

    def _line_at(self, y: float) -> QTextLine | None:
        count = self._layout.lineCount()
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            line = self._layout.lineAt(middle)
            if line.y() + line.height() <= y:
                low = middle + 1
            else:
                high = middle
        return self._layout.lineAt(min(low, count - 1)) if count else None


def _choice(
    start: int, stop: int, colour: QColor, ground: QColor | None = None
) -> QTextLayout.FormatRange:
    """Units in a colour of their own."""
    choice = QTextLayout.FormatRange()
    choice.start, choice.length = start, stop - start
    shape = QTextCharFormat()
    shape.setForeground(colour)
    if ground is not None:
        shape.setBackground(ground)
    choice.format = shape
    return choice


def _format(span: Span, unit_of: Callable[[int], int], style: CardStyle) -> QTextLayout.FormatRange:
    wanted = QTextLayout.FormatRange()
    wanted.start = unit_of(span.start)
    wanted.length = unit_of(span.start + span.length) - wanted.start
    wanted.format = style.formats[span.ink]
    return wanted


def _data(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _units(text: str) -> Callable[[int], int]:
    """The offset of a character in Qt's text: those beyond U+FFFF, like emoji, take two units."""
    if text.isascii():
        return lambda position: position
    wide = [match.start() for match in _WIDE.finditer(text)]
    return lambda position: position + bisect_left(wide, position)
