"""A line above a list: what is peculiar about what it shows, how far a job is, what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from app.kit.formatting import number
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import Progress


class NoticeLine(QFrame):
    """A line that is hidden until something is to be said."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._tone = Colour.ACCENT
        self._act: Callable[[], None] | None = None
        self.text = SafeLabel(wrap=True)
        self.bar = QProgressBar(textVisible=False, maximum=0)
        self.bar.setAccessibleName(f"{name}: progress")
        self.bar.setFixedWidth(140)
        self.button = QPushButton()
        self.button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(10)
        row.addWidget(self.text, 1)
        row.addWidget(self.bar)
        row.addWidget(self.button)
        self.hide()

    def say(self, text: str, button: str, act: Callable[[], None], tone: Colour) -> None:
        """Say something, with one thing to do about it; no button where it is called nothing."""
        self._show(text, button, act, tone)
        self.bar.hide()

    def show_progress(self, text: str, progress: Progress | None, stop: Callable[[], None]) -> None:
        """Say how far a job is, and let it be stopped."""
        known = progress is not None and bool(progress.total)
        if progress is not None and progress.total:
            done = f"{number(progress.done)} of {number(progress.total)} {progress.unit}"
            text = f"{progress.note.capitalize() or text}: {done}"
            self.bar.setValue(min(1000, progress.done * 1000 // progress.total))
        self.bar.setRange(0, 1000 if known else 0)
        self._show(text, "Stop", stop, Colour.ACCENT)
        self.bar.show()

    def _show(self, text: str, button: str, act: Callable[[], None], tone: Colour) -> None:
        self._tone, self._act = tone, act
        self.text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet surface with a stripe in the notice's tone."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.RAISED.qcolor())
        painter.fillRect(0, 0, 4, self.height(), self._tone.qcolor())

    def _on_clicked(self) -> None:
        if self._act is not None:
            self._act()
