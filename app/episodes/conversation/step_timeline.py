"""The steps of an episode as a column of cards; only those in sight are read and painted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.episodes.conversation.card_column import CardColumn
from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.kept_overlay import KeptOverlay
from app.episodes.conversation.step_pages import StepPages
from app.episodes.conversation.timeline_outline import TimelineOutline
from app.kit.formatting import number
from app.kit.session import Session

MARGIN = 6  # pixels
_DROPPED_OPACITY = 0.45


class StepTimeline(QAbstractScrollArea):
    """A column of cards: j and k move by step, n and N by hit, Space unfolds, Escape leaves.

    ``current_changed`` names the step under the cursor, ``moved`` the first and last in sight.
    """

    current_changed = Signal(int)
    moved = Signal(int, int)
    left = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Steps of the episode")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self._style = CardStyle(self.font())
        self._pages = StepPages(session, self)
        self._pages.arrived.connect(self._on_arrived)
        self._pages.failed.connect(self.failed)
        self._column: CardColumn | None = None
        self._current = 0
        self._following: int | None = None  # a step to keep in sight until its text is here
        self._settling = False
        self._overlay: KeptOverlay | None = None
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    # -- what is shown ---------------------------------------------------------------------

    def show_outline(self, outline: TimelineOutline, seq: int = 0) -> None:
        """Show an episode from a step on; the same one again keeps its scroll value and folds."""
        before = self._column
        self._column = CardColumn(outline, self._pages.step, self._style, self._card_width())
        moved = seq != self._current
        self._current = min(seq, max(0, len(outline.steps) - 1))
        self._following = None
        if before is not None and outline.continues:
            self._pages.extend()
            self._column.continue_from(before)
            self._fit_scroll_bar()
            self._settle()
        else:
            self._pages.show(outline.episode_id)
            self._fit_scroll_bar()
            moved = True
        if moved:
            self._reveal(self._current)
        self._announce()

    def lay_over(self, overlay: KeptOverlay | None) -> None:
        """Grey the steps that compression drops and mark its decision points, or stop doing so."""
        self._overlay = overlay
        self.viewport().update()

    def clear(self) -> None:
        """Show nothing."""
        self._column = None
        self._pages.show(None)
        self._fit_scroll_bar()
        self.viewport().update()

    @property
    def current(self) -> int:
        """The number of the step under the cursor."""
        return self._current

    @property
    def outline(self) -> TimelineOutline | None:
        """The outline that is shown, if any."""
        return None if self._column is None else self._column.outline

    # -- moving ----------------------------------------------------------------------------

    def go_to(self, seq: int) -> None:
        """Put the cursor on a step and bring it in sight."""
        if self._column is None or not len(self._column):
            return
        seq = max(0, min(seq, len(self._column) - 1))
        changed = seq != self._current
        self._current = seq
        self._reveal(seq)
        if changed:
            self._announce()

    def move_by(self, steps: int) -> None:
        """Move the cursor by so many steps."""
        self.go_to(self._current + steps)

    def next_hit(self, forward: bool = True) -> None:
        """Move to the next or previous step that matched the search, around the ends."""
        if (outline := self.outline) is None:
            return
        move = outline.next_hit if forward else outline.previous_hit
        if (seq := move(self._current)) is not None:
            self.go_to(seq)

    def next_point(self, forward: bool = True) -> None:
        """Move to the next or previous decision point of the mask that is laid over."""
        if self._overlay is not None:
            seq = self._overlay.next_point(self._current, forward=forward)
            if seq is not None:
                self.go_to(seq)

    def toggle_current(self) -> None:
        """Unfold the step under the cursor, or fold it again."""
        if self._column is not None and len(self._column):
            self._column.toggle(self._current)
            self._settle()
            self._reveal(self._current)

    def copy_current(self) -> None:
        """Put the text of the step under the cursor on the clipboard."""
        if self._column is not None and len(self._column):
            QGuiApplication.clipboard().setText(self._column.card(self._current).text())

    def _reveal(self, seq: int) -> None:
        if self._column is None or not len(self._column):
            return
        self._following = seq
        bar = self.verticalScrollBar()
        wanted = self._column.top_to_show(seq, bar.value(), self.viewport().height())
        self._fit_scroll_bar()
        self._set_value(max(0, wanted))
        self._settle()

    def _announce(self) -> None:
        if self._column is not None and len(self._column):
            words = f"{self._column.card(self._current).summary()} of {number(len(self._column))}"
            self.setAccessibleDescription(words)
            change = QAccessible.Event.DescriptionChanged
            QAccessible.updateAccessibility(QAccessibleEvent(self, change))
            self.current_changed.emit(self._current)

    # -- geometry --------------------------------------------------------------------------

    def _card_width(self) -> int:
        return max(120, self.viewport().width() - 2 * MARGIN)

    def _fit_scroll_bar(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        total = self._column.heights.total + MARGIN if self._column is not None else 0
        self._settling = True
        bar.setPageStep(height)
        bar.setSingleStep(self._style.body_metrics.height() * 2)
        bar.setRange(0, max(0, total - height))
        self._settling = False

    def _set_value(self, value: int) -> None:
        self._settling = True
        self.verticalScrollBar().setValue(value)
        self._settling = False

    def _settle(self) -> None:
        """Lay out and fetch what is in sight, and keep it where it is."""
        column = self._column
        if column is None or not len(column):
            self.viewport().update()
            return
        height = self.viewport().height()
        top = column.settle(self.verticalScrollBar().value(), height)
        self._fit_scroll_bar()
        self._set_value(top)
        seen = [seq for seq, _ in column.in_sight(self.verticalScrollBar().value(), height)]
        if seen:
            self._pages.want(seen[0], seen[-1])
            self.moved.emit(seen[0], seen[-1])
        self.viewport().update()

    def _on_scrolled(self) -> None:
        if not self._settling:
            self._following = None
            self._settle()

    def _on_arrived(self, first: int, stop: int) -> None:
        following = self._following
        self._settle()
        if following is not None and first <= following < stop:
            self._reveal(following)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width, with the first step in sight staying there."""
        super().resizeEvent(event)
        if self._column is None:
            return
        if event.size().width() != event.oldSize().width():
            self._restyle()
        else:
            self._fit_scroll_bar()
            self._settle()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._style = CardStyle(self.font())
            if self._column is not None:
                self._restyle()

    def _restyle(self) -> None:
        column = self._column
        if column is None or not len(column):
            return
        first = column.heights.covering(self.verticalScrollBar().value())
        column.restyle(self._style, self._card_width())
        self._fit_scroll_bar()
        self._set_value(column.heights.top(first))
        self._settle()

    # -- painting and events ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cards in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        column = self._column
        if column is None:
            return
        top = self.verticalScrollBar().value()
        clip = QRectF(event.rect()).translated(-MARGIN, 0)
        painter.translate(MARGIN, 0)
        for seq, y in column.in_sight(top, self.viewport().height()):
            current = seq == self._current
            hit = column.outline.is_hit(seq)
            over = self._overlay
            painter.setOpacity(_DROPPED_OPACITY if over is not None and over.drops(seq) else 1.0)
            beside = over.marks(seq) if over is not None else ()
            card, card_top = column.card(seq), y - top + MARGIN
            card.paint(painter, card_top, clip, current=current, hit=hit, beside=beside)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, unfold, copy or leave."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_current()
        elif not self.press(event.key(), event.modifiers()):
            super().keyPressEvent(event)

    def press(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Do what a key means here; False if it means nothing."""
        page = max(1, self._in_sight() - 1)
        moves: dict[int, int] = {
            Qt.Key.Key_J: 1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_K: -1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_End: 1 << 30,
            Qt.Key.Key_Home: -(1 << 30),
        }
        if modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        if (by := moves.get(key)) is not None:
            self.move_by(by)
        elif key == Qt.Key.Key_N:
            self.next_hit(not modifiers & Qt.KeyboardModifier.ShiftModifier)
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self.next_point(key == Qt.Key.Key_BracketRight)
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle_current()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return False
        return True

    def _in_sight(self) -> int:
        if self._column is None:
            return 0
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        return sum(1 for _ in self._column.in_sight(top, height))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the cursor on a step, or do what its link says."""
        if (spot := self._spot(event.position().toPoint())) is None or self._column is None:
            return
        seq, link = spot
        changed, self._current = seq != self._current, seq
        if link is not None and event.button() == Qt.MouseButton.LeftButton:
            self._column.unfold_part(seq, *link)
            self._settle()
        self.viewport().update()
        if changed:
            self._announce()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do nothing: all was done when the button went down."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a hand over links."""
        spot = self._spot(event.position().toPoint())
        link = spot is not None and spot[1] is not None
        shape = Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def _spot(self, point: QPoint) -> tuple[int, tuple[int, str] | None] | None:
        column = self._column
        if column is None or not len(column):
            return None
        y = point.y() + self.verticalScrollBar().value() - MARGIN
        if y >= column.heights.total:
            return None
        seq = column.heights.covering(y)
        return seq, column.card(seq).block_under(y - column.heights.top(seq))
