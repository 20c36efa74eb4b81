"""The field in which a note is written, in its place: nothing else is blocked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.kit.formatting import number
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL
from hpm_engine import NOTE_CHARACTERS

_LINES = 3
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NoteText(QPlainTextEdit):
    """A field of a few lines; Ctrl+Enter emits ``entered``, Escape ``left``."""

    entered = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setAccessibleName("Text of the note")
        self.setPlaceholderText("What you want to remember")
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Save on Ctrl+Enter, leave on Escape; Enter alone begins a line."""
        if event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
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


class NoteEditor(QWidget):
    """What a note is on, its text, Save and Cancel; ``saved`` has the text."""

    saved = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = SafeLabel(tone=Colour.MUTED)
        self.text = NoteText()
        self._too_long = SafeLabel(tone=Colour.BAD)
        self.save = QPushButton("Save")
        self.cancel = QPushButton("Cancel")
        self._arrange()
        self.text.entered.connect(self.save.click)
        self.text.left.connect(self.left)
        self.text.textChanged.connect(self._on_typed)
        self.save.clicked.connect(lambda: self.saved.emit(self.text.toPlainText()))
        self.cancel.clicked.connect(self.left)
        self.setFocusProxy(self.text)
        self.hide()

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(SMALL)
        foot.addWidget(self._about)
        foot.addWidget(self._too_long)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        column.addWidget(self.text)
        column.addLayout(foot)

    def begin(self, about: str, text: str = "") -> None:
        """Let a note be written, or the text of one be changed."""
        self._about.setText(f"{about}  ·  Ctrl+Enter saves")
        self.text.setPlainText(text)
        self.text.selectAll()
        self.show()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_typed()

    def _on_typed(self) -> None:
        count, most = len(self.text.toPlainText().strip()), NOTE_CHARACTERS.value
        self.save.setEnabled(0 < count <= most)
        over = count - most
        self._too_long.setText(f"{number(over)} characters too long" if over > 0 else "")
