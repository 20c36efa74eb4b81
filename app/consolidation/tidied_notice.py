"""What a store did by itself while nobody looked, and the way back."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.kit.formatting import counted, number
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from hpm_engine import AgeingReport, CycleReport

_WHOLE = "Restore these episodes to their full text, and compress none by itself from now on."


class Tidied(msgspec.Struct, frozen=True):
    """The sum of what the schedule did since a person last looked."""

    cycles: int = 0
    memories: int = 0
    born: int = 0
    compressed: int = 0
    restored: int = 0
    evicted: int = 0
    ids: tuple[int, ...] = ()  # the episodes that were to be compressed

    def with_cycle(self, report: CycleReport) -> Tidied:
        """The sum with one more cycle, if it was published."""
        if report.id is None or not report.memories:
            return self
        return msgspec.structs.replace(
            self,
            cycles=self.cycles + 1,
            memories=self.memories + report.memories,
            born=self.born + len(report.born),
        )

    def with_ageing(self, report: AgeingReport) -> Tidied:
        """The sum with one more ageing."""
        return msgspec.structs.replace(
            self,
            compressed=self.compressed + report.compressed.compressed,
            restored=self.restored + report.restored,
            evicted=self.evicted + report.evicted.episodes,
            ids=self.ids + report.ids,
        )

    def sentence(self) -> str:
        """The sum in words; "" for nothing."""
        parts = []
        if self.cycles:
            parts.append(
                f"{counted(self.memories, 'memory', 'memories')} learned"
                f" ({counted(self.born, 'new topic')})"
            )
        if self.compressed:
            parts.append(f"{counted(self.compressed, 'episode')} compressed")
        if self.restored:
            parts.append(f"{number(self.restored)} restored to full text")
        if self.evicted:
            parts.append(f"the full text of {number(self.evicted)} deleted permanently")
        return ", ".join(parts)


class TidiedNotice(QFrame):
    """The notice of what was done; it stays until dismissed, as its reader may be asleep."""

    undo_asked = Signal()
    whole_asked = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What the store did by itself")
        self.text = SafeLabel(wrap=True)
        self.undo = QPushButton("Undo learning…")
        self.undo.setToolTip(tip("Go back to before this run, byte for byte."))
        self.whole = QPushButton("Restore full text, and stop compressing")
        self.whole.setToolTip(tip(_WHOLE))
        self.dismiss = QPushButton("Dismiss")
        self.undo.clicked.connect(self.undo_asked)
        self.whole.clicked.connect(self.whole_asked)
        for button in (self.undo, self.whole, self.dismiss):
            button.clicked.connect(self.dismissed)
            button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self.text, 1)
        for button in (self.undo, self.whole, self.dismiss):
            row.addWidget(button)
        self.hide()

    def tell(self, done: Tidied) -> None:
        """Say what was done, with what can be undone of it."""
        words = done.sentence()
        self.text.setText(f"While nobody worked the store tidied itself: {words}.")
        self.undo.setVisible(done.cycles > 0)
        self.whole.setVisible(bool(done.compressed and done.ids and not done.evicted))
        self.setVisible(bool(words))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a quiet surface with a stripe in the colour of success."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.RAISED.qcolor())
        painter.fillRect(0, 0, 4, self.height(), Colour.GOOD.qcolor())
        painter.fillRect(0, self.height() - 1, self.width(), 1, Colour.LINE.qcolor())
