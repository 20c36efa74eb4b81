"""The steps of a subagent within the card of the step that started it, read when unfolded."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter

from app.episodes.conversation.arrangement import Arrangement, ReadingOptions
from app.episodes.conversation.card_column import CardColumn
from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.step_texts import StepTexts
from app.episodes.conversation.timeline_outline import TimelineOutline, read_outline
from app.episodes.text.part_text import TextForm
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import Job, Memory


class NestedSteps(QObject):
    """A column of cards in a card; ``changed`` says that its height or its texts are new."""

    changed = Signal()

    def __init__(
        self, session: Session, episode_id: int, options: ReadingOptions, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._options = msgspec.structs.replace(options, errors_only=False)
        self._texts = StepTexts(session, self)
        self._texts.arrived.connect(lambda _: self.changed.emit())
        self._texts.failed.connect(self._on_failed)
        self._column: CardColumn | None = None
        self._outline: TimelineOutline | None = None
        self._style: CardStyle | None = None
        self._width = 0
        self._says = "Reading the steps…"
        read = LatestRead(session, self)

        def call(memory: Memory, job: Job) -> TimelineOutline:
            return read_outline(memory, job, episode_id, "")

        read.ask(call, self._on_outline, self._on_failed)

    def _on_outline(self, outline: TimelineOutline) -> None:
        self._outline = outline
        self._texts.show(outline.episode_id, TextForm(self._options.markdown))
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._says = f"The steps could not be read: {error}"
        self.changed.emit()

    def fit(self, style: CardStyle, width: int) -> int:
        """Set the style and the width; gives the height that it has now."""
        if self._outline is None:
            return style.header_height
        if self._column is None:
            arrangement = Arrangement(self._outline, self._options)
            self._column = CardColumn(arrangement, self._texts, style, width)
        elif style is not self._style or width != self._width:
            self._column.restyle(style, width)
        self._style, self._width = style, width
        return self._column.heights.total

    def settle(self, top: int, height: int) -> None:
        """Lay out and read what is in sight, from a y of its own on."""
        column = self._column
        if column is None or height <= 0:
            return
        column.settle(max(0, top), height)
        seen = [seq for seq, _ in column.in_sight(max(0, top), height)]
        if seen:
            self._texts.want(column.to_read(seen[0], seen[-1]))

    def paint(self, painter: QPainter, x: int, y: int, clip: QRectF, style: CardStyle) -> None:
        """Paint what is in sight with the top left at ``x``, ``y``."""
        if self._column is None:
            painter.setFont(style.body)
            painter.setPen(style.muted)
            painter.drawText(QPointF(x, y + style.body_metrics.ascent()), self._says)
            return
        top = max(0, int(clip.top()) - y)
        height = int(clip.bottom()) - y - top
        painter.translate(x, 0)
        for seq, begins in self._column.in_sight(top, height):
            card = self._column.card(seq)
            card.paint(painter, y + begins, clip.translated(-x, 0), current=False)
        painter.translate(-x, 0)

    def press(self, x: int, y: int) -> bool:
        """Do what a link at a point says; whether there was one."""
        column = self._column
        if column is None or not 0 <= y < column.heights.total:
            return False
        seq = column.covering(y)
        link = column.card(seq).block_under(y - column.heights.top(seq), x)
        if link is None:
            return False
        if link[1] == "group":
            group = column.arrangement.group_at(seq)
            if group is not None:
                column.fold(seq, not column.arrangement.is_folded(group))
        elif link[0] >= 0:
            column.unfold_part(seq, *link)
        self.changed.emit()
        return True
