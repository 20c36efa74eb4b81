"""The field in which a note is written, in its place: nothing else is blocked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.kit.controls.text_entry import TextEntry
from app.kit.formatting import number
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL
from hpm_engine import NOTE_CHARACTERS


class NoteText(TextEntry):
    """The text of a note; Escape emits ``left``."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class NoteEditor(QWidget):
    """What a note is on, its text, Save and Cancel; ``saved`` has the text."""

    saved = Signal(str)
    left = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        most: int = NOTE_CHARACTERS.value,
        save: str = "Save",
    ) -> None:
        super().__init__(parent)
        self._most, self._verb = most, save.lower()
        self._about = SafeLabel(tone=Colour.MUTED)
        self.text = NoteText("Text of the note", "What you want to remember")
        self._too_long = SafeLabel(tone=Colour.BAD)
        self.save = QPushButton(save)
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
        self._about.setText(f"{about}  ·  Ctrl+Enter {self._verb}s")
        self.text.setPlainText(text)
        self.text.selectAll()
        self.show()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_typed()

    def _on_typed(self) -> None:
        count, most = len(self.text.toPlainText().strip()), self._most
        self.save.setEnabled(0 < count <= most)
        over = count - most
        self._too_long.setText(f"{number(over)} characters too long" if over > 0 else "")
