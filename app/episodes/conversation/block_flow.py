"""Blocks of a text set below each other: paragraphs, lists, quotations, code and tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.table_grid import column_widths
from app.episodes.conversation.text_piece import TextPiece
from app.episodes.text.text_block import Shape, TextBlock
from app.kit.theme.spacing import HAIR, SMALL

LEADING = 1.22  # of a line of a message, in heights of its letters
_INDENT = 22  # pixels for each level of a list
_QUOTE = 14  # pixels for each level of quotation
_BAR = 3  # pixels: the bar beside a quotation
_PAD = 8  # pixels inside a box of code or a cell
_LEAST = 120  # pixels that deep lists leave for their text


class Ground(NamedTuple):
    """A filled rectangle below the text: a box, a bar, a rule."""

    area: QRectF
    colour: QColor
    round: bool = False


class Marker(NamedTuple):
    """A bullet or a number before a block, with its right end and its baseline."""

    right: int
    baseline: int
    text: str


class BlockFlow:
    """Laid-out blocks: pieces of text in reading order, and what is painted below them."""

    def __init__(
        self, blocks: Iterable[TextBlock], style: CardStyle, width: int, *, boxed: bool = False
    ) -> None:
        self.pieces: list[TextPiece] = []
        self._style, self._width, self._boxed = style, width, boxed
        self._grounds: list[Ground] = []
        self._markers: list[Marker] = []
        self._bars: list[int] = []  # the y of the block above at each level of quotation
        self.height = 0
        for block in blocks:
            self._add(block)

    def _add(self, block: TextBlock) -> None:
        if self.height:
            self.height += self._gap(block)
        top = self.height
        left = min(block.indent * _INDENT + block.quotes * _QUOTE, self._width - _LEAST)
        left = max(0, left)
        width = self._width - left
        match block.shape:
            case Shape.RULE:
                rule = QRectF(left, top + SMALL, width, 1)
                self._grounds.append(Ground(rule, self._style.line))
                self.height += 2 * SMALL
            case Shape.TABLE:
                self._table(block, left, width)
            case Shape.CODE if not self._boxed:
                self._code(block, left, width)
            case _:
                self._text(block, left, width)
        self._quote_bars(block, top)
        if block.marker and self.pieces:
            ascent = self._style.body_metrics.ascent()
            extra = int(self._style.body_metrics.height() * (LEADING - 1) / 2)
            self._markers.append(Marker(left - 6, top + ascent + extra, block.marker))

    def _gap(self, block: TextBlock) -> int:
        if block.tight:
            return HAIR // 2
        if block.shape is Shape.HEADING:
            return 2 * SMALL
        return SMALL

    def _text(self, block: TextBlock, left: int, width: int) -> None:
        code = block.shape is Shape.CODE
        piece = TextPiece(
            block.text,
            block.spans,
            block.links,
            self._font(block),
            self._style,
            width,
            1.0 if code else LEADING,
        )
        marker = f"{block.marker} " if block.marker else ""
        piece.lead = "  " * max(0, block.indent - 1) + "> " * block.quotes + marker
        piece.after = "\n" if block.tight or code else "\n\n"
        self._place(piece, left, self.height)
        self.height += piece.height

    def _code(self, block: TextBlock, left: int, width: int) -> None:
        piece = TextPiece(
            block.text, block.spans, (), self._style.mono, self._style, width - 2 * _PAD
        )
        piece.after = "\n\n"
        box = QRectF(left, self.height, width, piece.height + 2 * _PAD)
        self._grounds.append(Ground(box, self._style.box, round=True))
        self._place(piece, left + _PAD, self.height + _PAD)
        self.height += piece.height + 2 * _PAD

    def _table(self, block: TextBlock, left: int, width: int) -> None:
        style = self._style
        widths = column_widths(block.cells, style, width, 2 * _PAD)
        wide = sum(widths)
        for number, row in enumerate(block.cells):
            top, tall = self.height, 0
            if number == 0:
                head = len(self._grounds)
            x = left
            for cell, room in zip(row, widths, strict=False):
                font = style.bold if number == 0 else style.body
                piece = TextPiece(
                    cell.text, cell.spans, cell.links, font, style, room - 2 * _PAD, 1.1
                )
                piece.after = "\t"
                self._place(piece, x + _PAD, top + HAIR)
                tall = max(tall, piece.height + 2 * HAIR)
                x += room
            if row:
                self.pieces[-1].after = "\n"
            self.height += tall
            if number == 0:
                ground = Ground(QRectF(left, top, wide, tall), style.box)
                self._grounds.insert(head, ground)
            line = QRectF(left, self.height, wide, 1)
            self._grounds.append(Ground(line, style.line))
            self.height += 1

    def _place(self, piece: TextPiece, x: int, y: int) -> None:
        piece.x, piece.y = x, y
        self.pieces.append(piece)

    def _font(self, block: TextBlock) -> QFont:
        if block.shape is Shape.HEADING:
            return self._style.headings[max(1, min(6, block.level)) - 1]
        return self._style.mono if block.shape is Shape.CODE else self._style.body

    def _quote_bars(self, block: TextBlock, top: int) -> None:
        """Paint a bar for each level, on from the block above where that is quoted too."""
        del self._bars[block.quotes :]
        for level in range(block.quotes):
            x = level * _QUOTE
            if x + _QUOTE > self._width - _LEAST:
                break
            begins = self._bars[level] if level < len(self._bars) else top
            self._grounds.append(
                Ground(QRectF(x, begins, _BAR, self.height - begins), self._style.line)
            )
            if level < len(self._bars):
                self._bars[level] = self.height
            else:
                self._bars.append(self.height)

    # -- painting --------------------------------------------------------------------------

    def paint(self, painter: QPainter, x: int, y: int, clip: QRectF) -> None:
        """Paint all but the text itself, with the top left at ``x``, ``y``."""
        painter.setPen(Qt.PenStyle.NoPen)
        for ground in self._grounds:
            area = ground.area.translated(x, y)
            if not area.intersects(clip):
                continue
            if ground.round:
                painter.setBrush(ground.colour)
                painter.drawRoundedRect(area, 4, 4)
            else:
                painter.fillRect(area, ground.colour)
        painter.setFont(self._style.body)
        painter.setPen(self._style.muted)
        metrics = QFontMetrics(self._style.body)
        for marker in self._markers:
            if clip.top() - 40 <= y + marker.baseline <= clip.bottom() + 40:
                left = marker.right - metrics.horizontalAdvance(marker.text)
                painter.drawText(QPointF(x + max(0, left), y + marker.baseline), marker.text)
