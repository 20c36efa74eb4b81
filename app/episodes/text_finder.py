"""A line that finds words in a text beside it: the next hit on Enter, around the end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app.kit.formatting import counted
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour


class _FindLine(QLineEdit):
    """A line whose Enter goes to the next hit, with Shift to the one before; Esc empties it."""

    asked = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape are the finder's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class TextFinder(QWidget):
    """Finds what is typed, whatever its case, and says how often it is there."""

    def __init__(self, text: QPlainTextEdit, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._line = _FindLine()
        self._line.setPlaceholderText(f"{name}…")
        self._line.setAccessibleName(name)
        self._line.setClearButtonEnabled(True)
        self._line.textChanged.connect(self._on_typed)
        self._line.asked.connect(self._next)
        self._count = SafeLabel(tone=Colour.MUTED)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._line, 1)
        row.addWidget(self._count)
        self._count.hide()

    def find_again(self) -> None:
        """Find what is typed in a text that is new."""
        if self._line.text():
            self._on_typed()

    def says(self) -> str:
        """How often what is typed is there, in words."""
        return self._count.whole_text()

    def _on_typed(self) -> None:
        wanted = self._line.text()
        self._count.setVisible(bool(wanted))
        if not wanted:
            return
        times = self._text.toPlainText().lower().count(wanted.lower())
        self._count.setText(counted(times, "hit") if times else "not there")
        self._count.set_tone(Colour.MUTED if times else Colour.WARN)
        cursor = self._text.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self._text.setTextCursor(cursor)
        self._next(forward=True)

    def _next(self, forward: bool) -> None:
        wanted = self._line.text()
        flags = QTextDocument.FindFlag(0)
        if not forward:
            flags |= QTextDocument.FindFlag.FindBackward
        if wanted and not self._text.find(wanted, flags):
            cursor = self._text.textCursor()
            end = QTextCursor.MoveOperation.Start if forward else QTextCursor.MoveOperation.End
            cursor.movePosition(end)
            self._text.setTextCursor(cursor)
            self._text.find(wanted, flags)
