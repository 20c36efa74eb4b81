"""The first line of a card: who, what is peculiar, and at the right when and how long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from app.episodes.conversation.card_style import CardStyle
from app.kit.formatting import clock_time, counted, duration, number
from app.kit.glyphs import SOURCES, Mark, flag_marks
from app.kit.plain_text import one_line
from app.kit.theme.colour import Colour
from hpm_engine import StepOutline

LEFT = 16  # pixels
RIGHT = 12  # pixels
_GAP = 8  # pixels between the facts
_TOOL_GAP = 10  # pixels before a tool's name
_LEAST_TOOL = 8  # characters of a tool's name that matter more than the time
_LEAST_WAIT = 1_000_000  # microseconds since the step before that are worth a word
_SLOW = "slow"


class HeaderFacts(NamedTuple):
    """What a header tells beyond its step: times in microseconds, None where unknown."""

    waited: int | None = None  # since the step before
    took: int | None = None  # until the next step, where the agent is slow
    model: str = ""  # where it is another one than before
    tokens: int = 0


class CardHeader:
    """Paints the first line of a card."""

    def __init__(
        self, outline: StepOutline, facts: HeaderFacts, style: CardStyle, width: int
    ) -> None:
        self._outline, self._facts = outline, facts
        self._style, self._width = style, width

    def paint(self, painter: QPainter, y: int, *, hit: bool, beside: Sequence[Mark]) -> None:
        """Paint with the card's top at ``y``; ``beside`` are marks that are not the step's own."""
        style, outline = self._style, self._outline
        source = SOURCES[outline.source]
        x = self.write(painter, LEFT, y + 4, str(source), style.ink(source.colour), style.bold)
        x = self.write(
            painter, x + _GAP, y + 4, f"#{number(outline.seq + 1)}", style.muted, style.small
        )
        tool = one_line(outline.tool, 60)
        metrics = style.mono_metrics
        least = metrics.horizontalAdvance(tool[:_LEAST_TOOL]) + _TOOL_GAP if tool else 0
        right = self._paint_facts(painter, y, x + least + _GAP)
        if tool:
            room = right - _GAP - x - _TOOL_GAP
            shown = metrics.elidedText(tool, Qt.TextElideMode.ElideRight, room)
            x = self.write(painter, x + _TOOL_GAP, y + 4, shown, style.text, style.mono)
        for mark in self._marks(hit, beside):
            width = style.small_metrics.horizontalAdvance(str(mark)) + 12
            if x + _GAP + width > right:
                break
            self._chip(painter, x + _GAP, y + 4, width, mark)
            x += _GAP + width

    def _marks(self, hit: bool, beside: Sequence[Mark]) -> list[Mark]:
        marks = [*beside, *flag_marks(self._outline.flags)]
        if self._facts.took is not None:
            marks.append(Mark("◷", f"{_SLOW}: {duration(self._facts.took)}", Colour.WARN))
        if hit:
            marks.append(Mark("◆", "search hit", Colour.ACCENT))
        return marks

    def _paint_facts(self, painter: QPainter, y: int, after: int) -> int:
        """Paint the facts at the right end, as far as there is room; returns their left."""
        style = self._style
        facts = self._words()
        while facts:
            shown = " · ".join(facts)
            left = self._width - RIGHT - style.small_metrics.horizontalAdvance(shown)
            if left >= max(after, self._width * (0.45 if len(facts) > 1 else 0)):
                self.write(painter, left, y + 4, shown, style.muted, style.small)
                return left
            facts = facts[1:]
        return self._width - RIGHT

    def _words(self) -> list[str]:
        """The facts, the one that yields first before the others."""
        facts = self._facts
        waited = facts.waited
        words = [
            counted(facts.tokens, "token") if facts.tokens else "",
            one_line(facts.model, 40),
            f"+{duration(waited)}" if waited is not None and waited >= _LEAST_WAIT else "",
            clock_time(self._outline.at),
        ]
        return [word for word in words if word]

    def _chip(self, painter: QPainter, x: int, y: int, width: int, mark: Mark) -> None:
        style = self._style
        colour = mark.colour.qcolor()
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        height = style.small_metrics.height() + 2
        painter.drawRoundedRect(QRectF(x + 0.5, y + 0.5, width - 1, height - 1), 3, 3)
        self.write(painter, x + 6, y, str(mark), colour, style.small)

    def write(
        self,
        painter: QPainter,
        x: int,
        y: int,
        text: str,
        colour: QColor,
        font: QFont | None = None,
    ) -> int:
        """Write words on the line of a body text at ``y``; returns where they end."""
        used = font or self._style.body
        metrics = QFontMetrics(used)
        painter.setFont(used)
        painter.setPen(colour)
        painter.drawText(QPointF(x, y + self._style.body_metrics.ascent()), text)
        return x + metrics.horizontalAdvance(text)
