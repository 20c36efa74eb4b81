"""One step as a card: its source, its tool, its text and results, laid out for painting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.episodes.conversation.card_header import CardHeader, HeaderFacts
from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.part_block import GAP, PartBlock
from app.episodes.conversation.selection import TextPosition, TextSelection
from app.episodes.conversation.step_groups import StepGroup
from app.episodes.conversation.subagent_rows import SubagentLine, SubagentRows
from app.episodes.conversation.text_piece import TextPiece
from app.episodes.text.part_text import StepText
from app.kit.formatting import number
from app.kit.glyphs import SOURCES, Mark, flag_marks
from app.kit.plain_text import one_line
from app.kit.theme.colour import Colour
from hpm_engine import PartKind, StepOutline

LEFT = 16  # pixels
RIGHT = 12  # pixels
BOTTOM = 8  # pixels
SPACE = 8  # pixels between cards
_STRIPE = 4  # pixels: the colour of the source at the left
_LINE_LEFT = 26  # pixels: a group's line is set in, below what the agent said


class GroupLine(NamedTuple):
    """The line of a group on the card of its first step."""

    group: StepGroup
    folded: bool

    @property
    def words(self) -> str:
        """What it says."""
        return f"{'▸' if self.folded else '▾'} {self.group.words()}"


class CardContent(NamedTuple):
    """What a card shows: a step, and the line of the group that begins with it."""

    outline: StepOutline
    text: StepText | None
    facts: HeaderFacts
    line: GroupLine | None = None
    subagents: tuple[SubagentLine, ...] = ()

    @property
    def is_line(self) -> bool:
        """Whether nothing but the line of a folded group is shown."""
        return self.line is not None and self.line.folded and not self.line.group.speaks


class StepCard:
    """The card of a step; before its text has arrived ``content.text`` is None."""

    def __init__(
        self, content: CardContent, style: CardStyle, width: int, estimate: int = 0
    ) -> None:
        self.content = content
        self.outline = content.outline
        self._style, self.width = style, width
        self._header = CardHeader(content.outline, content.facts, style, width)
        self.blocks: list[PartBlock] = []
        self._tops: list[int] = []
        self._line_top = -1
        y = 0 if content.is_line else style.header_height
        y = self._stack(y)
        self._rows = SubagentRows(content.subagents, style, width, y)
        y += self._rows.height
        if content.text is None and not content.is_line:
            y = max(y, estimate - BOTTOM - SPACE)
        self.height = y + (0 if content.is_line else BOTTOM) + SPACE

    def _stack(self, y: int) -> int:
        """Put the parts that are shown below each other; returns where they end."""
        line, text = self.content.line, self.content.text
        if self.content.is_line:
            self._line_top = y
            return y + self.line_height
        parts = text.step.parts if text is not None else ()
        folded = line is not None and line.folded
        last = -1  # the last part that is shown beside a folded line
        for position, part in enumerate(parts):
            if part.kind is PartKind.MESSAGE:
                last = position
        if line is not None and not folded and not line.group.speaks:
            self._line_top, y = y, y + self.line_height
        for position, part in enumerate(parts):
            if folded and part.kind is not PartKind.MESSAGE:
                continue
            assert text is not None
            block = PartBlock(
                position, part, text.texts[position], self._style, self.width - LEFT - RIGHT
            )
            self._tops.append(y)
            self.blocks.append(block)
            y += block.height + GAP
            if line is not None and line.group.speaks and position == last:
                self._line_top, y = y, y + self.line_height
        if line is not None and self._line_top < 0:
            self._line_top, y = y, y + self.line_height
        return y

    @property
    def line_height(self) -> int:
        """The height of a group's line."""
        return self._style.body_metrics.height() + 8

    def summary(self) -> str:
        """The step in one sentence, for screen readers and copied headings."""
        outline, line = self.outline, self.content.line
        words = [f"Step {number(outline.seq + 1)}", SOURCES[outline.source].word]
        words += [f"tool {one_line(outline.tool, 60)}"] if outline.tool else []
        words += [mark.word for mark in flag_marks(outline.flags)]
        if line is not None:
            words.append(f"{line.group.words()}, {'folded' if line.folded else 'open'}")
        words += [row.subagent.words() for row in self.content.subagents]
        return ", ".join(words)

    # -- painting --------------------------------------------------------------------------

    def paint(
        self,
        painter: QPainter,
        y: int,
        clip: QRectF,
        *,
        current: bool,
        hit: bool = False,
        beside: Sequence[Mark] = (),
        selection: TextSelection | None = None,
    ) -> None:
        """Paint with the top at ``y``; ``beside`` are marks that are not the step's own."""
        style = self._style
        area = QRectF(0.5, y + 0.5, self.width - 1, self.height - SPACE - 1)
        if not self.content.is_line:
            self._paint_ground(painter, area, current)
            self._header.paint(painter, y, hit=hit, beside=beside)
        elif current:
            painter.setPen(QPen(style.focus, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 4, 4)
        for top, block in zip(self._tops, self.blocks, strict=True):
            if y + top + block.height >= clip.top() and y + top <= clip.bottom():
                chosen = self._chooser(block, selection)
                block.paint(painter, LEFT, y + top, clip, chosen)
        if self._line_top >= 0:
            self._paint_line(painter, y + self._line_top)
        self._rows.paint(painter, y, clip)
        if self.content.text is None and self.outline.text_size and not self.content.is_line:
            self._header.write(painter, LEFT, y + style.header_height, "…", style.muted)

    def _paint_ground(self, painter: QPainter, area: QRectF, current: bool) -> None:
        style, colour = self._style, self._colour()
        painter.setPen(QPen(style.focus, 2) if current else QPen(style.line, 1))
        painter.setBrush(style.surface if style.faded else style.tinted(colour))
        painter.drawRoundedRect(area, 4, 4)
        stripe = QRectF(area.left() + 1.5, area.top() + 2, _STRIPE, area.height() - 4)
        painter.fillRect(stripe, style.line if style.faded else colour.qcolor())

    def _colour(self) -> Colour:
        """The colour of who speaks; tools have their own, and what went wrong too."""
        outline = self.outline
        if any(mark.colour is Colour.BAD for mark in flag_marks(outline.flags)):
            return Colour.BAD
        if outline.tool and not outline.messages:
            return Colour.TOOL
        return SOURCES[outline.source].colour

    def _paint_line(self, painter: QPainter, y: int) -> None:
        line = self.content.line
        assert line is not None
        style = self._style
        colour = style.bad if line.group.errors else style.muted
        x = _LINE_LEFT if self.content.is_line else LEFT
        words = style.body_metrics.elidedText(
            line.words, Qt.TextElideMode.ElideRight, self.width - x - RIGHT
        )
        self._header.write(painter, x, y + 4, words, colour)

    def _chooser(self, block: PartBlock, selection: TextSelection | None) -> _Chooser | None:
        if selection is None or selection.empty or not selection.touches(self.outline.seq):
            return None
        return _Chooser(self.outline.seq, block, selection)

    # -- the pointer -----------------------------------------------------------------------

    def settle_nested(self, top: int, height: int) -> bool:
        """Lay out steps of subagents in sight from a y of the card on; whether there are any."""
        return bool(self.content.subagents) and self._rows.settle(top, height)

    def press_nested(self, x: int, y: int) -> bool:
        """Do what a link of a subagent's step says; whether there was one."""
        return self._rows.press(x, y)

    def block_under(self, y: int, x: int = LEFT) -> tuple[int, str] | None:
        """The part whose link is at a point of the card, and what the link does.

        The line of a group is no part: it is at -1. Of a subagent its episode is named.
        """
        if (link := self._rows.under(x, y)) is not None:
            return link
        if self._line_top >= 0 and self._line_top <= y < self._line_top + self.line_height:
            return -1, "group"
        for top, block in zip(self._tops, self.blocks, strict=True):
            if top <= y < top + block.height:
                action = block.link_under(y - top)
                return (block.position, action) if action else None
        return None

    def position_at(self, x: int, y: int) -> TextPosition | None:
        """The unit of text nearest to a point of the card."""
        nearest: PartBlock | None = None
        for top, block in zip(self._tops, self.blocks, strict=True):
            if block.pieces and (nearest is None or top <= y):
                nearest, nearest_top = block, top
        if nearest is None:
            return None
        unit = nearest.unit_at(x - LEFT, y - nearest_top)
        return None if unit is None else TextPosition(self.outline.seq, nearest.position, *unit)

    def target_at(self, x: int, y: int) -> str:
        """Where the words at a point lead, "" if nowhere."""
        for top, block in zip(self._tops, self.blocks, strict=True):
            if top <= y < top + block.height:
                return block.target_at(x - LEFT, y - top)
        return ""

    def over_text(self, x: int, y: int) -> bool:
        """Whether a point is on text that can be selected."""
        return any(
            top + block.text_top <= y < top + block.height and block.pieces and x >= LEFT
            for top, block in zip(self._tops, self.blocks, strict=True)
        )

    # -- selected text ---------------------------------------------------------------------

    def pieces(self) -> Iterator[tuple[int, int, TextPiece]]:
        """The pieces of text in reading order, with their part and their number in it."""
        for block in self.blocks:
            for number_, piece in enumerate(block.pieces):
                yield block.position, number_, piece

    def selected_text(self, selection: TextSelection) -> str:
        """The selected words of this card as they are read."""
        words: list[str] = []
        after = ""
        for part, number_, piece in self.pieces():
            units = selection.units(self.outline.seq, part, number_, piece.length)
            if units is None:
                continue
            lead = piece.lead if units[0] == 0 and (words or units[1] == piece.length) else ""
            words += [after, lead, piece.between(*units)]
            after = piece.after
        return "".join(words)


class _Chooser:
    """Which units of a block's pieces are selected."""

    def __init__(self, seq: int, block: PartBlock, selection: TextSelection) -> None:
        self._seq, self._block, self._selection = seq, block, selection

    def __call__(self, number_: int) -> tuple[int, int] | None:
        """The selected units of a piece, by its number."""
        length = self._block.pieces[number_].length
        return self._selection.units(self._seq, self._block.position, number_, length)
