"""What the mouse does on a timeline: selecting text, folding, following links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QMouseEvent

from app.episodes.conversation.selection import TextPosition, TextSelection
from app.episodes.conversation.text_piece import TextPiece
from app.kit.plain_text import tip

if TYPE_CHECKING:
    from app.episodes.conversation.step_timeline import StepTimeline

_SCROLL_MS = 40  # between two moves while text is selected beyond the edge
_SCROLL_SHARE = 0.6  # of the pixels that the pointer is beyond the edge


class TimelinePointer(QObject):
    """Follows the pointer over a timeline."""

    def __init__(self, timeline: StepTimeline) -> None:
        super().__init__(timeline)
        self._timeline = timeline
        self._pressed: TextPosition | None = None
        self._target = ""  # where the words lead that were pressed on
        self._moved = False
        self._last = QPoint()
        self._clicked_twice = 0.0  # when a word was selected, by the event's clock
        self._scrolling = QTimer(self, interval=_SCROLL_MS)
        self._scrolling.timeout.connect(self._scroll_on)

    def step_at(self, point: QPoint) -> int | None:
        """The step under a point of the viewport."""
        column = self._timeline.column
        if column is None or not column.arrangement.shown:
            return None
        y = point.y() + self._timeline.top_of_cards()
        return column.covering(y) if y < column.heights.total else None

    def _on_card(self, point: QPoint, seq: int) -> QPoint:
        column = self._timeline.column
        assert column is not None
        y = point.y() + self._timeline.top_of_cards() - column.heights.top(seq)
        return QPoint(point.x() - self._timeline.left_of_cards(), y)

    def _position(self, point: QPoint) -> TextPosition | None:
        """The unit of text nearest to a point, on the card that is there."""
        column = self._timeline.column
        if column is None or not column.arrangement.shown:
            return None
        seq = column.covering(max(0, point.y() + self._timeline.top_of_cards()))
        inside = self._on_card(point, seq)
        position = column.card(seq).position_at(inside.x(), inside.y())
        return position or TextPosition(seq, 0, 0, 0)

    # -- events ----------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """Put the cursor on a step, and begin to select or do what its link says."""
        timeline, point = self._timeline, event.position().toPoint()
        seq, column = self.step_at(point), timeline.column
        self._pressed, self._target, self._moved = None, "", False
        if seq is None or column is None or event.button() != Qt.MouseButton.LeftButton:
            return
        inside = self._on_card(point, seq)
        card = column.card(seq)
        again = self._clicked_twice and event.timestamp() - self._clicked_twice < _double_ms()
        if again and (piece := self._piece(position := self._position(point))) is not None:
            assert position is not None
            self._select(position._replace(unit=0), position._replace(unit=piece.length))
            self._clicked_twice = 0.0
            return
        self._clicked_twice = 0.0
        if card.press_nested(inside.x(), inside.y()):
            return
        if (link := card.block_under(inside.y(), inside.x())) is not None:
            timeline.put_cursor(seq)
            timeline.follow_link(seq, *link)
            return
        self._pressed = self._position(point)
        self._target = card.target_at(inside.x(), inside.y())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and timeline.selection:
            anchor = timeline.selection.anchor
            if self._pressed is not None:
                self._select(anchor, self._pressed)
                self._pressed = anchor
            return
        timeline.select(None)
        self._put_cursor(seq)

    def _put_cursor(self, seq: int) -> None:
        """Put the cursor on a step where it is: what is clicked on must not move away."""
        bar = self._timeline.verticalScrollBar()
        before = bar.value()
        self._timeline.put_cursor(seq)
        bar.setValue(before)

    def double_click(self, event: QMouseEvent) -> None:
        """Select the word under the pointer."""
        position = self._position(event.position().toPoint())
        piece = self._piece(position)
        if position is None or piece is None:
            return
        start, stop = piece.word_at(position.unit)
        self._select(position._replace(unit=start), position._replace(unit=stop))
        self._clicked_twice = float(event.timestamp())

    def move(self, event: QMouseEvent) -> None:
        """Select on while the button is down; else show what the pointer is over."""
        self._last = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton and self._pressed is not None:
            self._select_to(self._last)
            beyond = self._beyond()
            if beyond and not self._scrolling.isActive():
                self._scrolling.start()
            elif not beyond:
                self._scrolling.stop()
            return
        self._show_shape(self._last)

    def _show_shape(self, point: QPoint) -> None:
        timeline, seq = self._timeline, self.step_at(point)
        shape, target = Qt.CursorShape.ArrowCursor, ""
        if seq is not None and timeline.column is not None:
            inside, card = self._on_card(point, seq), timeline.column.card(seq)
            target = card.target_at(inside.x(), inside.y())
            if target or card.block_under(inside.y(), inside.x()) is not None:
                shape = Qt.CursorShape.PointingHandCursor
            elif card.over_text(inside.x(), inside.y()):
                shape = Qt.CursorShape.IBeamCursor
        timeline.viewport().setCursor(shape)
        timeline.viewport().setToolTip(tip(target))

    def release(self, event: QMouseEvent) -> None:
        """End a selection; a click on words that lead somewhere asks about it."""
        event.accept()
        self._scrolling.stop()
        pressed, self._pressed = self._pressed, None
        if self._target and pressed is not None and not self._moved:
            self._timeline.link_asked.emit(self._target)

    # -- selecting -------------------------------------------------------------------------

    def _select(self, anchor: TextPosition, head: TextPosition) -> None:
        self._timeline.select(TextSelection(anchor, head))

    def _select_to(self, point: QPoint) -> None:
        head = self._position(point)
        if head is None or self._pressed is None:
            return
        if head != self._pressed:
            self._moved = True
        if self._moved:
            self._select(self._pressed, head)

    def _piece(self, position: TextPosition | None) -> TextPiece | None:
        column = self._timeline.column
        if position is None or column is None:
            return None
        pieces = column.card(position.seq).pieces()
        wanted = (position.part, position.piece)
        return next((piece for part, n, piece in pieces if (part, n) == wanted), None)

    def _beyond(self) -> int:
        """How far the pointer is above the view (negative) or below it."""
        y, height = self._last.y(), self._timeline.viewport().height()
        return min(0, y) + max(0, y - height)

    def _scroll_on(self) -> None:
        beyond = self._beyond()
        if not beyond:
            self._scrolling.stop()
            return
        bar = self._timeline.verticalScrollBar()
        bar.setValue(bar.value() + round(beyond * _SCROLL_SHARE) + (1 if beyond > 0 else -1))
        edge = 1 if beyond < 0 else self._timeline.viewport().height() - 1
        self._select_to(QPoint(self._last.x(), edge))


def _double_ms() -> int:
    return QGuiApplication.styleHints().mouseDoubleClickInterval()
