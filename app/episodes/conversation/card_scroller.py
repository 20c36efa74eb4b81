"""A scroll area of step cards: where they are, which are read, and how they are painted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.episodes.conversation.card_column import CardColumn
from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.kept_overlay import KeptOverlay
from app.episodes.conversation.nested_steps import NestedSteps
from app.episodes.conversation.selection import TextSelection
from app.episodes.conversation.step_card import LEFT, RIGHT
from app.episodes.conversation.step_texts import StepTexts
from app.episodes.conversation.timeline_outline import TimelineOutline
from app.kit.glyphs import Mark
from app.kit.session import Session
from app.kit.theme.colour import Colour

MARGIN = 8  # pixels
_NARROWEST = 120  # pixels of a card
_NOTED = Mark("✎", "note", Colour.ACCENT)


class CardScroller(QAbstractScrollArea):
    """Keeps what is in sight where it is while texts come in and heights change.

    ``moved`` names the first and the last step in sight.
    """

    moved = Signal(int, int)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self.style_of_cards = CardStyle(self.font())
        self.texts = StepTexts(session, self)
        self.texts.arrived.connect(self.take_texts)
        self.texts.failed.connect(self.failed)
        self.column: CardColumn | None = None
        self.selection: TextSelection | None = None
        self.nested: dict[int, NestedSteps] = {}  # steps of subagents that are unfolded
        self._current = 0
        self._following: int | None = None  # a step to keep in sight until its text is here
        self._settling = False
        self._overlay: KeptOverlay | None = None
        self._noted: frozenset[int] = frozenset()
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def current(self) -> int:
        """The number of the step under the cursor."""
        return self._current

    @property
    def outline(self) -> TimelineOutline | None:
        """The outline that is shown, if any."""
        return None if self.column is None else self.column.outline

    def lay_over(self, overlay: KeptOverlay | None) -> None:
        """Grey the steps that compression drops and mark its decision points, or stop doing so."""
        self._overlay = overlay
        self.viewport().update()

    def show_noted(self, noted: frozenset[int]) -> None:
        """Mark the steps that a person wrote notes on."""
        self._noted = noted
        self.viewport().update()

    def _beside(self, seq: int) -> list[Mark]:
        """The marks of a step that are not its own."""
        marks = [_NOTED] if seq in self._noted else []
        return marks if self._overlay is None else [*marks, *self._overlay.marks(seq)]

    def drop_nested(self) -> None:
        """Forget the steps of all subagents."""
        for nested in self.nested.values():
            nested.deleteLater()
        self.nested.clear()

    def select(self, selection: TextSelection | None) -> None:
        """Select text, or none."""
        self.selection = selection
        self.viewport().update()

    def _reveal(self, seq: int) -> None:
        if self.column is None or not len(self.column):
            return
        self._following = seq
        bar = self.verticalScrollBar()
        wanted = self.column.top_to_show(seq, bar.value(), self.viewport().height())
        self._fit_scroll_bar()
        self._set_value(max(0, wanted))
        self.settle()

    def _card_width(self) -> int:
        room = max(_NARROWEST, self.viewport().width() - 2 * MARGIN)
        return min(room, self.style_of_cards.reading_width + LEFT + RIGHT)

    def left_of_cards(self) -> int:
        """The x of the cards: centred where the view is wider than lines are read with ease."""
        return max(MARGIN, (self.viewport().width() - self._card_width()) // 2)

    def top_of_cards(self) -> int:
        """What is added to a y of the viewport for a y of the column."""
        return self.verticalScrollBar().value() - MARGIN

    def _fit_scroll_bar(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        total = self.column.heights.total + MARGIN if self.column is not None else 0
        self._settling = True
        bar.setPageStep(height)
        bar.setSingleStep(self.style_of_cards.body_metrics.height() * 2)
        bar.setRange(0, max(0, total - height))
        self._settling = False

    def _set_value(self, value: int) -> None:
        self._settling = True
        self.verticalScrollBar().setValue(value)
        self._settling = False

    def settle(self) -> None:
        """Lay out and fetch what is in sight, and keep it where it is."""
        column = self.column
        if column is None or not len(column):
            self.viewport().update()
            return
        height = self.viewport().height()
        top = column.settle(self.verticalScrollBar().value(), height)
        self._fit_scroll_bar()
        self._set_value(top)
        seen = [seq for seq, _ in column.in_sight(self.verticalScrollBar().value(), height)]
        if seen:
            self.texts.want(column.to_read(seen[0], seen[-1]))
            self.moved.emit(seen[0], seen[-1])
        self.viewport().update()

    def _on_scrolled(self) -> None:
        if not self._settling:
            self._following = None
            self.settle()

    def take_texts(self, seqs: frozenset[int]) -> None:
        """Lay out what came in, and keep the step that is followed in sight."""
        following = self._following
        self.settle()
        if following is not None and following in seqs:
            self._reveal(following)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width, with the first step in sight staying there."""
        super().resizeEvent(event)
        if self.column is None:
            return
        if event.size().width() != event.oldSize().width():
            self._restyle()
        else:
            self._fit_scroll_bar()
            self.settle()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.style_of_cards = CardStyle(self.font())
            if self.column is not None:
                self._restyle()

    def _restyle(self) -> None:
        column = self.column
        if column is None or not len(column):
            return
        first = column.covering(self.verticalScrollBar().value())
        column.restyle(self.style_of_cards, self._card_width())
        self._fit_scroll_bar()
        self._set_value(column.heights.top(first))
        self.settle()

    def _in_sight(self) -> int:
        if self.column is None:
            return 0
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        return sum(1 for _ in self.column.in_sight(top, height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cards in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        column = self.column
        if column is None:
            return
        left, above = self.left_of_cards(), self.top_of_cards()
        clip = QRectF(event.rect()).translated(-left, 0)
        painter.translate(left, 0)
        over = self._overlay
        for seq, y in column.in_sight(above + MARGIN, self.viewport().height()):
            with self.style_of_cards.fading(over is not None and over.drops(seq)):
                column.card(seq).paint(
                    painter,
                    y - above,
                    clip,
                    current=seq == self._current,
                    hit=column.outline.is_hit(seq),
                    beside=self._beside(seq),
                    selection=self.selection,
                )
