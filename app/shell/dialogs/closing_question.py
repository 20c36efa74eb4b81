"""The question before closing while something runs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel


class ClosingQuestion(Dialog):
    """A question, accepted when the person wants to close all the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("A job is running")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        buttons = DialogButtons()
        buttons.put("Stop it and close", DialogButtons.ButtonRole.AcceptRole)
        buttons.put("Keep working", DialogButtons.ButtonRole.RejectRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = self.content
        column.setSpacing(10)
        column.addWidget(SafeLabel("Close while a job is running?", bold=True))
        text = "The job is stopped. What it has stored so far stays, and it can be run again."
        column.addWidget(SafeLabel(text, wrap=True))
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
