"""The quiet question whether a store may tidy itself, asked once for each store."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, LARGE, MEDIUM, SMALL
from hpm_engine import CYCLE_MEMORIES

_DOES = (
    "After five idle minutes old episodes are compressed and all waiting memories learned."
    " It can be undone"
)
_STAY = ", and full texts and original files stay in the store."
_WHOLE = (
    "When neither you nor an agent has done anything for five minutes, old episodes are compressed"
    f" and all memories that wait are learned, in steps of {CYCLE_MEMORIES.value}. It stops as"
    " soon as you touch the window, says what it did, and can be undone."
)
_GO = (
    ", but this store is set to delete full texts and original files once they are compressed:"
    " those cannot be brought back."
)
_NOT_NOW = "Change nothing, and do not ask about this store again. Store ▸ Schedule… does."


class ConsentNotice(QFrame):
    """The question above the views, with a button for each answer.

    The buttons emit ``agreed`` and ``put_off``. It takes no focus and stops nothing.
    """

    agreed = Signal()
    put_off = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Let this store tidy itself?")
        self.text = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.yes = QPushButton("Yes, when idle")
        self.no = QPushButton("Not now")
        self.no.setToolTip(tip(_NOT_NOW))
        self.yes.clicked.connect(self.agreed)
        self.no.clicked.connect(self.put_off)
        self.text.set_tip(_WHOLE)
        row = QHBoxLayout(self)
        row.setContentsMargins(LARGE, HAIR, SMALL, HAIR)
        row.setSpacing(MEDIUM)
        row.addWidget(SafeLabel("Let this store tidy itself?", bold=True))
        row.addWidget(self.text, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.hide()

    def ask(self, *, deletes: bool) -> None:
        """Ask; ``deletes`` says that automatic compression also deletes full texts."""
        self.text.setText(_DOES + (_GO if deletes else _STAY))
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a quiet surface with a stripe in the accent colour."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.RAISED.qcolor())
        painter.fillRect(0, 0, 4, self.height(), Colour.ACCENT.qcolor())
        painter.fillRect(0, self.height() - 1, self.width(), 1, Colour.LINE.qcolor())
