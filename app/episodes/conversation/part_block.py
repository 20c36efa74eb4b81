"""One part of a step on its card: a label, the text laid out for painting, a link to more."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.excerpt import Excerpt, excerpt, readable
from app.episodes.conversation.highlighting import Ink, Span, fences, spans
from app.episodes.conversation.hit_pattern import HitPattern
from app.kit.formatting import number
from app.kit.plain_text import one_line
from hpm_engine import Part, PartKind

GAP = 4  # pixels between parts
_WIDE = re.compile("[\U00010000-\U0010ffff]")
PAD = 6  # pixels inside the box of a call or a result


@dataclass(frozen=True, slots=True)
class Unfolding:
    """How far a part is opened: ``portions`` of its text; a reasoning starts closed."""

    portions: int = 0
    open: bool = True

    def further(self, size: int, shown: int) -> Unfolding:
        """The state with one portion more, or the preview again when all is shown."""
        if shown >= size and self.portions:
            return Unfolding(0, self.open)
        return Unfolding(self.portions + 1, True)


class PartBlock:
    """A part laid out once for a width; painting and hit-testing only look up."""

    def __init__(
        self,
        part: Part,
        unfolding: Unfolding,
        style: CardStyle,
        width: int,
        wanted: HitPattern | None,
    ) -> None:
        self.part = part
        self.unfolding = unfolding
        self._style = style
        self._width = width
        self.boxed = part.kind in (PartKind.CALL, PartKind.RESULT)
        text = readable(part)
        self.size = len(text)
        self.folded = part.kind is PartKind.REASONING and not unfolding.open
        self._excerpt = (
            Excerpt("", "", 0) if self.folded else excerpt(text, unfolding.portions, wanted)
        )
        self.shown = self._excerpt.shown
        self.label = self._label()
        self._layout = self._lay_out(wanted) if self._excerpt.text else None
        self._stack()

    @property
    def link(self) -> str:
        """The text of the link below; "" for no link."""
        return self._excerpt.link

    def _label(self) -> str:
        part = self.part
        match part.kind:
            case PartKind.REASONING:
                arrow = "▸" if self.folded else "▾"
                return f"{arrow} Reasoning ({number(self.size)} chars)"
            case PartKind.CALL:
                return f"▶ {one_line(part.name, 120) or 'call'}"
            case PartKind.RESULT:
                name = f" of {one_line(part.name, 120)}" if part.name else ""
                return f"✗ Result{name}: error" if part.is_error else f"◀ Result{name}"
        return one_line(part.name, 120)  # who said it, where several speak

    def _lay_out(self, wanted: HitPattern | None) -> QTextLayout:
        text = self._excerpt.text
        layout = QTextLayout(text.replace("\n", "\u2028"), self._font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTabStopDistance(4 * self._style.mono_metrics.horizontalAdvance(" "))
        layout.setTextOption(option)
        unit_of = _units(text)
        layout.setFormats([self._format(span, unit_of) for span in self._spans(text, wanted)])
        self._break_lines(layout)
        return layout

    def _spans(self, text: str, wanted: HitPattern | None) -> list[Span]:
        if self.boxed:
            code_spans = list(spans(text, code=self.part.kind is PartKind.CALL))
        else:
            code_spans = list(fences(text))
        return code_spans + (list(wanted.spans(text)) if wanted else [])

    def _format(self, span: Span, unit_of: Callable[[int], int]) -> QTextLayout.FormatRange:
        wanted = QTextLayout.FormatRange()
        wanted.start = unit_of(span.start)
        wanted.length = unit_of(span.start + span.length) - wanted.start
        shape = QTextCharFormat()
        if span.ink is Ink.HIT:
            shape.setBackground(self._style.hit)
            shape.setForeground(self._style.hit_text)
        elif span.ink is Ink.CODE:
            shape.setFont(self._style.mono)
        else:
            shape.setForeground(self._style.inks[span.ink])
        wanted.format = shape
        return wanted

    def _break_lines(self, layout: QTextLayout) -> None:
        width = self._width - (2 * PAD if self.boxed else 0)
        y = 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(40, width))
            line.setPosition(QPointF(0, y))
            y += line.height()
        layout.endLayout()

    def _font(self) -> QFont:
        return self._style.mono if self.boxed else self._style.body

    def _stack(self) -> None:
        row = self._style.small_metrics.height()
        y = PAD if self.boxed else 0
        self._label_top = y
        if self.label:
            y += row + 2
        self._text_top = y
        if self._layout is not None:
            y += int(self._layout.boundingRect().height() + 0.99)
        self._link_top = y
        if self.link:
            y += row + 2
        self.height = y + (PAD if self.boxed else 0)

    # -- painting --------------------------------------------------------------------------

    def paint(self, painter: QPainter, x: int, y: int, clip: QRectF) -> None:
        """Paint with the top left at ``x``, ``y``; ``clip`` is the part of the view to paint."""
        style = self._style
        if self.boxed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.box)
            painter.drawRoundedRect(QRectF(x, y, self._width, self.height), 3, 3)
            if self.part.is_error:
                painter.fillRect(QRectF(x, y, 2, self.height), style.bad)
            x += PAD
        if self.label:
            self._line(painter, x, y + self._label_top, self.label, self._label_colour())
        if self._layout is not None:
            painter.setPen(style.text)
            self._layout.draw(painter, QPointF(x, y + self._text_top), [], clip)
        if self.link:
            self._line(painter, x, y + self._link_top, self.link, style.link)

    def _label_colour(self) -> QColor:
        if self.part.is_error:
            return self._style.bad
        return self._style.link if self.part.kind is PartKind.REASONING else self._style.muted

    def _line(self, painter: QPainter, x: int, y: int, text: str, colour: QColor) -> None:
        metrics = self._style.small_metrics
        painter.setFont(self._style.small)
        painter.setPen(colour)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self._width - 2 * PAD)
        painter.drawText(QPointF(x, y + metrics.ascent()), shown)

    def link_under(self, y: int) -> str:
        """The action of a click at ``y`` from the block's top: "fold", "more" or ""."""
        row = self._style.small_metrics.height() + 2
        if self.part.kind is PartKind.REASONING and self._label_top <= y < self._label_top + row:
            return "fold"
        if self.link and self._link_top <= y < self._link_top + row:
            return "more"
        return ""


def _units(text: str) -> Callable[[int], int]:
    """The offset of a character in Qt's text: those beyond U+FFFF, like emoji, take two units."""
    wide = [match.start() for match in _WIDE.finditer(text)]
    return lambda position: position + bisect_left(wide, position)
