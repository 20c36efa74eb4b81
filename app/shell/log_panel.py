"""The log: one sentence for each job that ended, newest last."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QPlainTextEdit, QWidget

from hpm_engine import visible

_LINES_KEPT = 1_000


class LogPanel(QDockWidget):
    """A dock at the bottom, hidden until asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Log", parent)
        self.setObjectName("log")
        self.setAllowedAreas(Qt.DockWidgetArea.BottomDockWidgetArea)
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setMaximumBlockCount(_LINES_KEPT)
        self._text.setPlaceholderText("What was done appears here.")
        self._text.setAccessibleName("Log")
        self.setWidget(self._text)
        self.hide()

    def add(self, sentence: str) -> None:
        """Append a sentence with the time of day."""
        self._text.appendPlainText(f"{time.strftime('%H:%M:%S')}  {visible(sentence)}")

    def text(self) -> str:
        """All that the log says."""
        return self._text.toPlainText()
