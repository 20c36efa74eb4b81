"""What is rebuilt of the chosen step in one line, and a way to the step it is taken for."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kit.formatting import number
from app.kit.panel import LinkButton
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour


class RebuiltLine(QWidget):
    """A line on a rebuilt step; ``went`` names the step that is to be looked at instead."""

    went = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._near = 0
        self.text = SafeLabel(tone=Colour.MUTED)
        self.go = LinkButton("", "go to the step that it is taken for")
        self.go.clicked.connect(lambda: self.went.emit(self._near))
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 2)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.go)

    def say(self, text: str, whole: str, near: int | None) -> None:
        """Show a line, what its tip says, and the step that it speaks of, if it is another one."""
        self.text.setText(text)
        self.text.set_tip(whole)
        self.go.setVisible(near is not None)
        if near is not None:
            self._near = near
            self.go.setText(f"step {number(near + 1)} →")
            self.go.setAccessibleName(f"Go to step {number(near + 1)}, which it is taken for")
            self.go.updateGeometry()
