"""A field for a few lines of text, which a key sends."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

_LINES = 3
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TextEntry(QPlainTextEdit):
    """A field of three lines; Ctrl+Enter emits ``entered``, Enter begins a line, Tab leaves it."""

    entered = Signal()

    def __init__(self, name: str, placeholder: str) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send the text on Ctrl+Enter."""
        if event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        around = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES + around)
