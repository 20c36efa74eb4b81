"""What dropping would do, written over the window while something is dragged above it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kit.formatting import counted
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HUGE
from app.kit.theme.type_scale import TextRole
from app.shell.stores import is_store

_VEIL = 235  # of 255: what lies beneath is guessed at, no more


def drop_sentence(paths: Sequence[Path], store_name: str) -> str:
    """What dropping these paths would do; ``store_name`` is "" while no store is open."""
    stores = [path for path in paths if is_store(path)]
    others = [path for path in paths if not is_store(path)]
    what = one_line(others[0].name, 60) if len(others) == 1 else counted(len(others), "item")
    if stores and others:
        return f"Drop to open {one_line(stores[0].name, 60)} and import {what} into it"
    if stores:
        return f"Drop to open {one_line(stores[0].name, 60)}"
    return f"Drop to import {what} into {store_name or 'a new store'}"


class DropSign(QWidget):
    """A veil over its parent with one sentence; it takes no events of its own."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("What dropping does")
        self._label = SafeLabel(wrap=True, role=TextRole.TITLE)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(HUGE, HUGE, HUGE, HUGE)
        column.addWidget(self._label)
        parent.installEventFilter(self)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show what dropping would do."""
        self._label.setText(sentence)
        self.setGeometry(self._covered.rect())
        self.show()
        self.raise_()

    def sentence(self) -> str:
        """What is said now; "" while nothing is dragged."""
        return "" if self.isHidden() else self._label.whole_text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the parent at any size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._covered.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the veil and a dashed frame."""
        painter = QPainter(self)
        veil = Colour.SURFACE.qcolor()
        veil.setAlpha(_VEIL)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(Colour.ACCENT.qcolor(), 2, Qt.PenStyle.DashLine))
        margin = HUGE // 2
        painter.drawRoundedRect(self.rect().adjusted(margin, margin, -margin, -margin), 8, 8)
