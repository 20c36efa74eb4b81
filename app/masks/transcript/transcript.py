"""A session to read as compression leaves it; dropped lines unfold where they stood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.kit.plain_text import LONGEST_LINE
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole, fixed_font
from app.masks.transcript.dropped_lines import DROPPED, dropped_lines
from app.masks.transcript.line_counts import StepLines
from app.masks.transcript.rows import Fold, Row, RowKind, fold_text, rows
from hpm_engine import KeptSpan, Step, visible

_CHUNK = 400  # rows that are written at once
_REST_MS = 120  # between two chunks: what is being worked out meanwhile needs the processor, too
_AHEAD = 3  # pages below the one that is read, which do not wait
_MARGIN = 18  # pixels: the marks beside the text
_STATES = 8  # blocks say their kind, and after that which fold they are or belong to


class Transcript(QPlainTextEdit):
    """Kept lines behind a bar, folds behind an arrow; a click or Enter unfolds and folds.

    ``unfolding`` carries the dropped lines that are to be read, ``chosen`` the step under the
    cursor. Rows are written piece by piece: of a long session the first ones can be read at once.
    """

    unfolding = Signal(object)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(_MARGIN)
        self.setAccessibleName("What compression keeps; dropped lines are folded")
        self.setMinimumHeight(self.fontMetrics().height() * 5)
        self._rows: Iterator[Row] = iter(())
        self._folds: list[Fold] = []
        self._open: dict[int, int] = {}  # folds that are open, with how many blocks they show
        self._seqs: list[int] = []  # the step of each fold
        self._formats: dict[tuple[int, bool], QTextCharFormat] = {}
        self._quiet = False
        self._more = QTimer(self, singleShot=True)
        self._more.timeout.connect(self._write_more)
        self.verticalScrollBar().valueChanged.connect(self._hurry)
        self.cursorPositionChanged.connect(self._on_cursor)

    def show_rows(
        self,
        steps: Sequence[StepLines],
        spans: Mapping[int, Sequence[KeptSpan]],
        shares: bytes | None,
        *,
        known: bool = True,
    ) -> None:
        """Show steps with what is kept of them: see ``rows``; where one reads, one stays."""
        share = self._scrolled()
        self._quiet = True
        self.clear()
        self._folds, self._open = [], {}
        self._formats.clear()  # the theme may be another by now
        self._rows = rows(steps, spans, shares, known=known)
        self._write(_CHUNK)
        self.moveCursor(QTextCursor.MoveOperation.Start)  # at the end it would go with what comes
        self._quiet = False
        self.verticalScrollBar().setValue(round(share * self.verticalScrollBar().maximum()))
        self._more.start(self._rest())

    def add_steps(
        self,
        steps: Sequence[StepLines],
        spans: Mapping[int, Sequence[KeptSpan]],
        shares: bytes | None,
        *,
        known: bool = True,
    ) -> None:
        """Show more steps after those that are shown."""
        before = self._rows
        after = rows(steps, spans, shares, known=known)

        def both() -> Iterator[Row]:
            yield from before
            yield from after

        self._rows = both()
        self._more.start(self._rest())

    @property
    def complete(self) -> bool:
        """Whether all rows are written."""
        return not self._more.isActive()

    def folds(self) -> list[Fold]:
        """What is dropped, in order, of the rows that are written."""
        return list(self._folds)

    def _scrolled(self) -> float:
        bar = self.verticalScrollBar()
        return bar.value() / bar.maximum() if bar.maximum() else 0.0

    # -- writing ---------------------------------------------------------------------------

    def _write_more(self) -> None:
        if self._write(_CHUNK):
            self._more.start(self._rest())

    def _rest(self) -> int:
        """How long the next rows may wait: not at all where one reads close to them."""
        bar = self.verticalScrollBar()
        return 0 if bar.maximum() - bar.value() <= _AHEAD * bar.pageStep() else _REST_MS

    def _hurry(self) -> None:
        if self._more.isActive() and not self._rest():
            self._more.start(0)

    def _write(self, count: int) -> bool:
        """Append so many rows; false once there are no more."""
        chunk = list(islice(self._rows, count))
        if not chunk:
            return False
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for (kind, code), run in groupby(chunk, key=lambda row: (row.kind, row.code)):
            self._append(cursor, list(run), self._format(kind, code=code))
        cursor.endEditBlock()
        return len(chunk) == count

    def _append(self, cursor: QTextCursor, run: Sequence[Row], form: QTextCharFormat) -> None:
        """Write rows of one kind at the end, at once: no text has a break that would part it."""
        if not self.document().isEmpty() or cursor.position():
            cursor.insertBlock()
        block = cursor.block()
        cursor.insertText("\n".join(map(self._text, run)), form)
        for row in run:
            value = row.seq
            if row.fold is not None:
                value = len(self._folds)
                self._folds.append(row.fold)
            block.setUserState(row.kind + _STATES * value)
            block = block.next()

    def _text(self, row: Row) -> str:
        if row.kind is RowKind.FOLD:
            return f"▸ {row.text}"
        return visible(row.text[:LONGEST_LINE].removesuffix("\r")) or " "

    def _format(self, kind: int, *, code: bool = False) -> QTextCharFormat:
        if (form := self._formats.get((kind, code))) is None:
            form = self._formats[kind, code] = self._new_format(kind, code=code)
        return form

    def _new_format(self, kind: int, *, code: bool) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setFont(QFont(fixed_font(), self.font().pointSize()) if code else self.font())
        colour = Colour.TEXT
        if kind == RowKind.HEADING:
            form.setFont(TextRole.CAPTION.font(self.font()))
            form.setFontWeight(QFont.Weight.DemiBold)
            colour = Colour.MUTED
        elif kind == RowKind.GAP:
            form.setFontPointSize(self.font().pointSizeF() / 2)
        elif kind == RowKind.FOLD:
            colour = Colour.ACCENT
        elif kind in (RowKind.PENDING, DROPPED):
            colour = Colour.DROPPED
        form.setForeground(colour.qcolor())
        return form

    # -- folding ---------------------------------------------------------------------------

    def toggle(self, number: int) -> None:
        """Unfold a fold, or fold it again."""
        if number in self._open:
            self._close(number)
        else:
            self.unfolding.emit(self._folds[number])

    def show_dropped(self, fold: Fold, steps: Sequence[Step]) -> None:
        """Put the dropped lines of a fold below it."""
        if fold not in self._folds:
            return  # another budget, or another episode, is shown by now
        number = self._folds.index(fold)
        block = self._block_of(number)
        if block is None or number in self._open:
            return
        lines = dropped_lines(fold, steps)
        cursor = QTextCursor(block)
        self._quiet = True
        cursor.beginEditBlock()
        self._say(cursor, f"▾ {fold_text(fold)}")
        for text, kind in lines:
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            cursor.insertBlock()
            cursor.block().setUserState(DROPPED + _STATES * number)
            form = self._format(kind, code=kind == DROPPED)
            cursor.insertText(visible(text[:LONGEST_LINE].removesuffix("\r")), form)
        cursor.endEditBlock()
        self._open[number] = len(lines)
        self._quiet = False

    def _close(self, number: int) -> None:
        block = self._block_of(number)
        if block is None:
            return
        count = self._open.pop(number)
        cursor = QTextCursor(block)
        self._quiet = True
        cursor.beginEditBlock()
        self._say(cursor, f"▸ {fold_text(self._folds[number])}")
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        cursor.movePosition(
            QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor, count
        )
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.endEditBlock()
        self._quiet = False

    def _say(self, cursor: QTextCursor, text: str) -> None:
        """Put another text in a fold's own row."""
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text, self._format(RowKind.FOLD))

    def _block_of(self, number: int) -> QTextBlock | None:
        wanted = int(RowKind.FOLD) + _STATES * number
        block = self.document().firstBlock()
        while block.isValid():
            if block.userState() == wanted:
                return block
            block = block.next()
        return None

    # -- events ----------------------------------------------------------------------------

    def seq_of(self, block: QTextBlock) -> int:
        """The step that a row belongs to."""
        kind, value = block.userState() % _STATES, block.userState() // _STATES
        return self._folds[value].seq if kind in (RowKind.FOLD, DROPPED) else max(0, value)

    def _on_cursor(self) -> None:
        block = self.textCursor().block()
        if not self._quiet and block.userState() >= 0:
            self.chosen.emit(self.seq_of(block))

    def _fold_at(self, block: QTextBlock) -> int | None:
        state = block.userState()
        return state // _STATES if state >= 0 and state % _STATES == RowKind.FOLD else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a fold unfolds it, or folds it again; a drag selects."""
        super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self.textCursor().hasSelection():
            return
        number = self._fold_at(self.cursorForPosition(event.position().toPoint()).block())
        if number is not None:
            self.toggle(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a hand over what can be clicked."""
        super().mouseMoveEvent(event)
        over = self._fold_at(self.cursorForPosition(event.position().toPoint()).block())
        shape = Qt.CursorShape.IBeamCursor if over is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space fold and unfold at the cursor; J and K go to the next or last fold."""
        number = self._fold_at(self.textCursor().block())
        pressed = event.key()
        if (
            pressed in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
            and number is not None
        ):
            self.toggle(number)
        elif event.text().lower() in ("j", "k"):
            self._go_to_fold(forward=event.text().lower() == "j")
        else:
            super().keyPressEvent(event)

    def _go_to_fold(self, *, forward: bool) -> None:
        block = self.textCursor().block()
        while (block := block.next() if forward else block.previous()).isValid():
            if self._fold_at(block) is not None:
                self.setTextCursor(QTextCursor(block))
                self.ensureCursorVisible()
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and beside it a bar for what is kept and dots for what is dropped."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        kept, dropped = Colour.KEPT.qcolor(), Colour.DROPPED.qcolor()
        block, offset = self.firstVisibleBlock(), self.contentOffset()
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(offset)
            if area.top() > event.rect().bottom():
                break
            _paint_mark(painter, block.userState() % _STATES, area, (kept, dropped))
            block = block.next()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._formats.clear()
            self.setMinimumHeight(self.fontMetrics().height() * 5)


def _paint_mark(painter: QPainter, kind: int, area: QRectF, colours: tuple[QColor, QColor]) -> None:
    if kind == RowKind.KEPT:
        painter.fillRect(QRectF(6, area.top(), 3, area.height()), colours[0])
    elif kind == DROPPED:
        y = area.top() + 6
        while y < area.bottom():
            painter.fillRect(QRectF(6, y, 3, 3), colours[1])
            y += 8
