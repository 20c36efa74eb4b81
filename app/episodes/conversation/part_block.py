"""One part of a step on its card: a label, the text laid out for painting, a link to more."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.episodes.conversation.block_flow import BlockFlow
from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.text_piece import TextPiece
from app.episodes.text.part_text import PartText
from app.kit.formatting import number
from app.kit.plain_text import one_line
from hpm_engine import Part, PartKind

GAP = 6  # pixels between parts
PAD = 6  # pixels inside the box of a call or a result

Chosen = Callable[[int], "tuple[int, int] | None"]  # the selected units of a piece, by number


class PartBlock:
    """A part laid out once for a width; painting and hit-testing only look up."""

    def __init__(
        self, position: int, part: Part, text: PartText, style: CardStyle, width: int
    ) -> None:
        self.position, self.part, self.text = position, part, text
        self._style = style
        self._width = width
        self.boxed = part.kind in (PartKind.CALL, PartKind.RESULT)
        self.label = self._label()
        inner = width - (2 * PAD if self.boxed else 0)
        self._flow = BlockFlow(text.blocks, style, inner, boxed=self.boxed)
        self._stack()

    @property
    def pieces(self) -> list[TextPiece]:
        """The pieces of its text, in reading order."""
        return self._flow.pieces

    @property
    def folded(self) -> bool:
        """Whether nothing of the text is shown."""
        return self.text.folded

    @property
    def shown(self) -> int:
        """How many characters of the text are shown."""
        return self.text.shown

    @property
    def link(self) -> str:
        """The text of the link below; "" for no link."""
        return self.text.link

    def _label(self) -> str:
        part = self.part
        match part.kind:
            case PartKind.REASONING:
                arrow = "▸" if self.text.folded else "▾"
                return f"{arrow} Thinking ({number(self.text.size)} chars)"
            case PartKind.CALL:
                return f"▶ {one_line(part.name, 120) or 'call'}"
            case PartKind.RESULT:
                name = f" of {one_line(part.name, 120)}" if part.name else ""
                return f"✗ Result{name}: error" if part.is_error else f"◀ Result{name}"
        return one_line(part.name, 120)  # who said it, where several speak

    def _stack(self) -> None:
        row = self._style.small_metrics.height()
        y = PAD if self.boxed else 0
        self._label_top = y
        if self.label:
            y += row + 2
        self.text_top = y
        y += self._flow.height
        self._link_top = y
        if self.link:
            y += row + 4
        self.height = y + (PAD if self.boxed else 0)

    # -- painting --------------------------------------------------------------------------

    def paint(
        self, painter: QPainter, x: int, y: int, clip: QRectF, chosen: Chosen | None = None
    ) -> None:
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
        top = y + self.text_top
        self._flow.paint(painter, x, top, clip)
        for number_, piece in enumerate(self._flow.pieces):
            if top + piece.y + piece.height >= clip.top() and top + piece.y <= clip.bottom():
                units = chosen(number_) if chosen is not None else None
                piece.draw(painter, x, top, clip, units, style)
        if self.link:
            self._line(painter, x, y + self._link_top + 2, self.link, style.link)

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

    # -- the pointer -----------------------------------------------------------------------

    def link_under(self, y: int) -> str:
        """The action of a click at ``y`` from the block's top: "fold", "more" or ""."""
        row = self._style.small_metrics.height() + 4
        if self.part.kind is PartKind.REASONING and self._label_top <= y < self._label_top + row:
            return "fold"
        if self.link and self._link_top <= y < self._link_top + row:
            return "more"
        return ""

    def unit_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The piece and the unit of text nearest to a point; None without any text."""
        pieces = self._flow.pieces
        if not pieces:
            return None
        x, y = self._inside(x, y)
        near = min(
            range(len(pieces)),
            key=lambda n: (
                max(pieces[n].y - y, y - pieces[n].y - pieces[n].height, 0),
                max(pieces[n].x - x, x - pieces[n].x - pieces[n].width, 0),
            ),
        )
        return near, pieces[near].unit_at(x, y)

    def target_at(self, x: int, y: int) -> str:
        """Where the words at a point lead, "" if nowhere."""
        x, y = self._inside(x, y)
        for piece in self._flow.pieces:
            if piece.y <= y < piece.y + piece.height and (target := piece.link_at(x, y)):
                return target
        return ""

    def _inside(self, x: int, y: int) -> tuple[int, int]:
        return x - (PAD if self.boxed else 0), y - self.text_top
