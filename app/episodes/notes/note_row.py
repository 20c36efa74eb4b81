"""One note as it is read: what it is on, who wrote it, what it says."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.kit.formatting import exact_time, number
from app.kit.icons import Icon, icon
from app.kit.list_times import relative_time
from app.kit.panel import LinkButton
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL
from hpm_engine import Note


class NoteRow(QWidget):
    """A note; ``step_asked`` wants to go to its step."""

    step_asked = Signal(int)
    change_asked = Signal(object)
    delete_asked = Signal(object)

    def __init__(self, note: Note, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = note
        self.text = SafeLabel(note.text, wrap=True)
        head = QHBoxLayout()
        head.setSpacing(SMALL)
        mark = SafeLabel("✎", tone=Colour.ACCENT)
        mark.setAccessibleName("Note")
        head.addWidget(mark)
        if note.seq is not None:
            seq = note.seq
            link = LinkButton(f"Step {number(seq + 1)}", "Go to the step")
            link.clicked.connect(lambda: self.step_asked.emit(seq))
            head.addWidget(link)
        about = SafeLabel(
            f"{one_line(note.author, 40)}, {relative_time(note.changed_at)}", tone=Colour.MUTED
        )
        about.set_tip(
            f"Written {exact_time(note.created_at)}\nChanged {exact_time(note.changed_at)}"
        )
        head.addWidget(about, 1)
        self.change = self._button(Icon.EDIT, "Change the note")
        self.delete = self._button(Icon.DELETE, "Delete the note; Ctrl+Z brings it back")
        self.change.clicked.connect(lambda: self.change_asked.emit(note))
        self.delete.clicked.connect(lambda: self.delete_asked.emit(note))
        head.addWidget(self.change)
        head.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        column.addLayout(head)
        column.addWidget(self.text)

    def _button(self, which: Icon, says: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIcon(icon(which))
        button.setAccessibleName(says)
        button.setToolTip(tip(says))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
