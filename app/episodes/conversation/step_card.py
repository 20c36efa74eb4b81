"""One step as a card: its source, its tool, its text and results, laid out for painting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.hit_pattern import HitPattern
from app.episodes.conversation.part_block import GAP, PartBlock, Unfolding
from app.kit.formatting import clock_time, counted, number
from app.kit.glyphs import SOURCES, Mark, flag_marks
from app.kit.plain_text import one_line
from app.kit.theme.colour import Colour
from hpm_engine import PartKind, Step, StepOutline

LEFT = 14  # pixels
RIGHT = 10  # pixels
BOTTOM = 8  # pixels
SPACE = 6  # pixels between cards
_TOOL_GAP = 10  # pixels before a tool's name
_LEAST_TOOL = 8  # characters of a tool's name that matter more than the time
FOLDED = Unfolding(0, False)
OPEN = Unfolding()


class StepCard:
    """The card of a step; before its text has arrived ``step`` is None."""

    def __init__(
        self,
        outline: StepOutline,
        step: Step | None,
        unfoldings: Mapping[int, Unfolding],
        style: CardStyle,
        width: int,
        wanted: HitPattern | None = None,
        estimate: int = 0,
    ) -> None:
        self.outline, self.step = outline, step
        self._style, self._width = style, width
        self.blocks: list[PartBlock] = []
        y = style.header_height
        self._tops: list[int] = []
        for number_, part in enumerate(step.parts if step else ()):
            standard = FOLDED if part.kind is PartKind.REASONING else OPEN
            unfolding = unfoldings.get(number_, standard)
            block = PartBlock(part, unfolding, style, width - LEFT - RIGHT, wanted)
            self._tops.append(y)
            self.blocks.append(block)
            y += block.height + GAP
        if step is None:
            y = max(y, estimate - BOTTOM - SPACE)
        self.height = y + BOTTOM + SPACE

    def summary(self) -> str:
        """The step in one sentence, for screen readers and copied headings."""
        outline = self.outline
        words = [f"Step {number(outline.seq + 1)}", SOURCES[outline.source].word]
        words += [f"tool {one_line(outline.tool, 60)}"] if outline.tool else []
        words += [mark.word for mark in flag_marks(outline.flags)]
        return ", ".join(words)

    def text(self) -> str:
        """The whole text of the step, for copying."""
        blocks = [f"{block.label}\n{block.part.text}".strip() for block in self.blocks]
        return "\n\n".join([self.summary(), *blocks])

    # -- painting --------------------------------------------------------------------------

    def paint(
        self,
        painter: QPainter,
        y: int,
        clip: QRectF,
        *,
        current: bool,
        hit: bool,
        beside: Sequence[Mark] = (),
    ) -> None:
        """Paint with the top at ``y``; ``beside`` are marks that are not the step's own."""
        style, outline = self._style, self.outline
        area = QRectF(0.5, y + 0.5, self._width - 1, self.height - SPACE - 1)
        painter.setPen(QPen(style.focus, 2) if current else QPen(style.line, 1))
        painter.setBrush(style.surface)
        painter.drawRoundedRect(area, 4, 4)
        stripe = QRectF(2, y + 3, 4, self.height - SPACE - 6)
        painter.fillRect(stripe, SOURCES[outline.source].colour.qcolor())
        self._paint_header(painter, y, hit, beside)
        for top, block in zip(self._tops, self.blocks, strict=True):
            if y + top + block.height >= clip.top() and y + top <= clip.bottom():
                block.paint(painter, LEFT, y + top, clip)
        if self.step is None and outline.text_size:
            self._write(painter, LEFT, y + style.header_height, "…", style.muted, style.body)

    def _paint_header(self, painter: QPainter, y: int, hit: bool, beside: Sequence[Mark]) -> None:
        style, outline = self._style, self.outline
        source = SOURCES[outline.source]
        x = self._write(painter, LEFT, y + 4, str(source), source.colour.qcolor(), style.bold)
        x = self._write(painter, x + 8, y + 4, f"#{number(outline.seq + 1)}", style.muted)
        tool = one_line(outline.tool, 60)
        metrics = style.mono_metrics
        least = metrics.horizontalAdvance(tool[:_LEAST_TOOL]) + _TOOL_GAP if tool else 0
        right = self._paint_facts(painter, y, x + least + SPACE)
        if tool:
            room = right - SPACE - x - _TOOL_GAP
            shown = metrics.elidedText(tool, Qt.TextElideMode.ElideRight, room)
            x = self._write(painter, x + _TOOL_GAP, y + 4, shown, style.text, style.mono)
        marks = [*beside, *flag_marks(outline.flags)]
        if hit:
            marks.append(Mark("◆", "search hit", Colour.ACCENT))
        for mark in marks:
            width = style.small_metrics.horizontalAdvance(str(mark)) + 12
            if x + 8 + width > right:
                break
            self._chip(painter, x + 8, y + 4, width, mark)
            x += 8 + width

    def _paint_facts(self, painter: QPainter, y: int, after: int) -> int:
        """Paint time and tokens at the right end, as far as there is room; returns their left."""
        style, step = self._style, self.step
        facts = [clock_time(self.outline.at)]
        if step is not None and (step.tokens_in or step.tokens_out):
            used = (step.tokens_in or 0) + (step.tokens_out or 0)
            facts.insert(0, counted(used, "token"))
        if step is not None and step.model:
            facts.insert(0, one_line(step.model, 40))
        shown = " · ".join(fact for fact in facts if fact)
        left = self._width - RIGHT - style.small_metrics.horizontalAdvance(shown)
        if left < self._width * 0.55:
            shown = facts[-1]
            left = self._width - RIGHT - style.small_metrics.horizontalAdvance(shown)
        if left < after:
            return self._width - RIGHT
        self._write(painter, left, y + 4, shown, style.muted, style.small)
        return left

    def _chip(self, painter: QPainter, x: int, y: int, width: int, mark: Mark) -> None:
        style = self._style
        colour = mark.colour.qcolor()
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        height = style.small_metrics.height() + 2
        painter.drawRoundedRect(QRectF(x + 0.5, y + 0.5, width - 1, height - 1), 3, 3)
        self._write(painter, x + 6, y, str(mark), colour, style.small)

    def _write(
        self,
        painter: QPainter,
        x: int,
        y: int,
        text: str,
        colour: QColor,
        font: QFont | None = None,
    ) -> int:
        used = font or self._style.body
        metrics = QFontMetrics(used)
        painter.setFont(used)
        painter.setPen(colour)
        painter.drawText(QPointF(x, y + self._style.body_metrics.ascent()), text)
        return x + metrics.horizontalAdvance(text)

    def block_under(self, y: int) -> tuple[int, str] | None:
        """The part whose link is at ``y`` from the card's top, and what the link does."""
        for position, (top, block) in enumerate(zip(self._tops, self.blocks, strict=True)):
            if top <= y < top + block.height:
                action = block.link_under(y - top)
                return (position, action) if action else None
        return None
