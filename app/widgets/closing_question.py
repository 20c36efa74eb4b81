"""The question before closing while something runs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from app.widgets.plain_text import SafeLabel


class ClosingQuestion(QDialog):
    """Accepted when the person wants to close all the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("A job is running")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        buttons = QDialogButtonBox()
        stop = buttons.addButton("Stop it and close", QDialogButtonBox.ButtonRole.AcceptRole)
        stay = buttons.addButton("Keep working", QDialogButtonBox.ButtonRole.RejectRole)
        stop.setAutoDefault(False)
        stay.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(10)
        column.addWidget(SafeLabel("Close while a job is running?", bold=True))
        text = "The job is stopped. What it has stored so far stays, and it can be run again."
        column.addWidget(SafeLabel(text, wrap=True))
        column.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
