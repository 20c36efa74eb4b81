"""The steps of an episode as a column of cards; only those in sight are read and painted."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from msgspec import structs
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QWidget

from app.episodes.conversation.arrangement import Arrangement, ReadingOptions
from app.episodes.conversation.card_column import CardColumn
from app.episodes.conversation.card_scroller import CardScroller
from app.episodes.conversation.nested_steps import NestedSteps
from app.episodes.conversation.timeline_clipboard import TimelineClipboard
from app.episodes.conversation.timeline_outline import TimelineOutline
from app.episodes.conversation.timeline_pointer import TimelinePointer
from app.episodes.text.part_text import TextForm
from app.kit.formatting import number
from app.kit.session import Session


class StepTimeline(CardScroller):
    """A column of cards: j and k move by step, n and N by hit, f follows, Space unfolds.

    ``current_changed`` names the step under the cursor.
    ``menu_asked`` says that somebody wants to act on a step, at a point of the screen, and
    ``link_asked`` that somebody clicked on words that lead to another place, ``episode_asked``
    that the episode of a subagent is wanted, ``follow_asked`` that new steps are to be gone to.
    """

    current_changed = Signal(int)
    left = Signal()
    menu_asked = Signal(int, QPoint)
    link_asked = Signal(str)
    episode_asked = Signal(int)
    follow_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Steps of the episode")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._session = session
        self.options = ReadingOptions()
        self.pointer = TimelinePointer(self)
        self.clipboard = TimelineClipboard(self, session)

    # -- what is shown ---------------------------------------------------------------------

    def show_outline(self, outline: TimelineOutline, seq: int = 0) -> None:
        """Show an episode from a step on; the same one again keeps its scroll value and folds."""
        before = self.column
        arrangement = Arrangement(outline, self.options)
        form = TextForm(self.options.markdown, outline.hit_text)
        same = before is not None and outline.continues
        if same and before is not None:
            arrangement.continue_from(before.arrangement)
        elif seq == 0 and not outline.is_hit(0):
            seq = max(0, outline.says.find(1))  # not at what the agent's program put before it
        seq = min(seq, max(0, len(outline.steps) - 1))
        if seq and not (same and seq == self._current):
            arrangement.reveal(seq)
        self.column = CardColumn(
            arrangement, self.texts, self.style_of_cards, self._card_width(), self.nested
        )
        moved = seq != self._current
        self._current = arrangement.nearest(seq)
        self._following = None
        if same and before is not None:
            self.texts.extend(form, len(before) - 1)
            self.column.continue_from(before)
            self._fit_scroll_bar()
            self.settle()
        else:
            self.selection = None
            self.drop_nested()
            self.texts.show(outline.episode_id, form)
            self._fit_scroll_bar()
            self._set_value(0)
            moved = True
        if moved:
            self._reveal(self._current)
        self._announce()

    def _new_column(self, arrangement: Arrangement) -> CardColumn:
        style, width = self.style_of_cards, self._card_width()
        return CardColumn(arrangement, self.texts, style, width, self.nested)

    def mark_hits(self, hits: Sequence[int], text: str) -> None:
        """Mark other steps, and what was searched for in their texts."""
        if (outline := self.outline) is not None:
            marked = structs.replace(outline, hits=array("i", hits), hit_text=text, continues=True)
            self.show_outline(marked, self._current)

    def set_options(self, options: ReadingOptions) -> None:
        """Show all episodes in another way; the step under the cursor stays in sight."""
        if options == self.options:
            return
        self.options = options
        self.drop_nested()
        column = self.column
        if column is None:
            return
        offset = column.heights.top(self._current) - self.verticalScrollBar().value()
        arrangement = Arrangement(column.outline, options)
        self.column = CardColumn(
            arrangement, self.texts, self.style_of_cards, self._card_width(), self.nested
        )
        self.texts.extend(TextForm(options.markdown, column.outline.hit_text), len(column))
        self._current = arrangement.nearest(self._current)
        self.selection = None
        self._fit_scroll_bar()
        self._set_value(max(0, self.column.heights.top(self._current) - max(0, offset)))
        self._reveal(self._current)
        self._announce()

    def clear(self) -> None:
        """Show nothing."""
        self.column = None
        self.selection = None
        self.texts.show(None, TextForm())
        self._fit_scroll_bar()
        self.viewport().update()

    # -- moving ----------------------------------------------------------------------------

    def go_to(self, seq: int) -> None:
        """Put the cursor on a step and bring it in sight, out of a folded group too."""
        if self.column is None or not len(self.column):
            return
        seq = max(0, min(seq, len(self.column) - 1))
        if self.column.arrangement.reveal(seq):
            self.column.rearrange()
        self.put_cursor(self.column.arrangement.nearest(seq))

    def arranged_last(self) -> int:
        """The last step that is shown; a folded group is shown as its first."""
        if self.column is None or not len(self.column):
            return 0
        return self.column.arrangement.nearest(len(self.column) - 1)

    def put_cursor(self, seq: int) -> None:
        """Put the cursor on a step that is shown."""
        changed = seq != self._current
        self._current = seq
        self._reveal(seq)
        if changed:
            self._announce()

    def move_by(self, steps: int) -> None:
        """Move the cursor by so many of the steps that are shown."""
        if self.column is not None and len(self.column):
            self.put_cursor(self.column.arrangement.moved(self._current, steps))

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
        """Open the step under the cursor further, or fold it again."""
        self.toggle_step(self._current)
        self._reveal(self._current)

    def toggle_step(self, seq: int) -> None:
        """Open a step further, or fold it again."""
        if self.column is not None and len(self.column):
            self.column.toggle(seq)
            self.settle()
            self._announce()

    def fold_group(self, folded: bool) -> None:
        """Fold the group of the step under the cursor, or open it."""
        if self.column is not None and len(self.column):
            self._current = self.column.fold(self._current, folded)
            self.settle()
            self._reveal(self._current)
            self._announce()

    def follow_link(self, seq: int, position: int, action: str) -> None:
        """Do what a link of a card says."""
        if self.column is None:
            return
        if action == "episode":
            self.episode_asked.emit(position)
            return
        if action == "subagent":
            self._toggle_subagent(position)
        elif action == "group":
            group = self.column.arrangement.group_at(seq)
            if group is not None:
                self.column.fold(seq, not self.column.arrangement.is_folded(group))
        else:
            self.column.unfold_part(seq, position, action)
        self.settle()

    def _toggle_subagent(self, episode_id: int) -> None:
        """Unfold the steps of a subagent where it was started, or fold them."""
        if (nested := self.nested.pop(episode_id, None)) is not None:
            nested.deleteLater()
            return
        nested = NestedSteps(self._session, episode_id, self.options, self)
        nested.changed.connect(self.settle)
        self.nested[episode_id] = nested

    def _announce(self) -> None:
        if self.column is not None and len(self.column):
            words = f"{self.column.card(self._current).summary()} of {number(len(self.column))}"
            self.setAccessibleDescription(words)
            change = QAccessible.Event.DescriptionChanged
            QAccessible.updateAccessibility(QAccessibleEvent(self, change))
            self.current_changed.emit(self._current)

    # -- events ---------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, unfold, copy or leave."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.clipboard.copy()
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
        elif key == Qt.Key.Key_F:
            self.follow_asked.emit()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self.next_point(key == Qt.Key.Key_BracketRight)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.fold_group(key == Qt.Key.Key_Left)
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle_current()
        elif key == Qt.Key.Key_Escape and self.selection is not None:
            self.select(None)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return False
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the cursor on a step, begin to select, or do what a link says."""
        self.pointer.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word."""
        self.pointer.double_click(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select on, and show what the pointer is over."""
        self.pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the selection, or follow the words that were clicked."""
        self.pointer.release(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the step under the pointer, or of the current one by key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        seq = self._current if by_key else self.pointer.step_at(event.pos())
        if seq is None:
            return
        self.put_cursor(seq)
        self.menu_asked.emit(seq, event.globalPos())
