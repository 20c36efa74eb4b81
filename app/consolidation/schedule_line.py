"""The schedule in words, what it waits for, and the way to change it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.consolidation.schedule_dialog import describe
from app.consolidation.schedule_keeper import Keeping
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from hpm_engine import Consent, Outlook

_UNTIL_THEN = "Learns nothing until that is mended"


class ScheduleLine(QWidget):
    """The line of the schedule; its button emits ``change_asked``."""

    change_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeping: Keeping | None = None
        self._hindrance = ""
        self._schedule = SafeLabel()
        self._state = SafeLabel(tone=Colour.MUTED)
        self.change = QPushButton("Change…")
        self.change.setAccessibleName("Change when the store learns by itself")
        self.change.setToolTip(tip("Set when the store compresses and learns by itself."))
        self.change.setEnabled(False)
        self.change.clicked.connect(self.change_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(SafeLabel("By itself", tone=Colour.MUTED))
        row.addWidget(self._schedule, 1)
        row.addWidget(self._state, 1)
        row.addWidget(self.change)

    def follow(self, keeping: Keeping) -> None:
        """Follow a keeper of the schedule from now on."""
        self._keeping = keeping
        keeping.news.connect(self._tell)
        self._tell()

    def hinder(self, hindrance: str) -> None:
        """Say why nothing can be learned, whatever the schedule says; "" where something can."""
        if hindrance != self._hindrance:
            self._hindrance = hindrance
            self._tell()

    def text(self) -> str:
        """The text that is shown."""
        return f"{self._schedule.whole_text()} · {self._state.whole_text()}"

    def _tell(self) -> None:
        keeping = self._keeping
        if keeping is None:
            return
        known = keeping.outlook is not None
        self.change.setEnabled(known)
        self._schedule.setText("…" if keeping.outlook is None else _in_words(keeping.outlook))
        self._state.setText(_UNTIL_THEN if self._hindrance else keeping.sentence())


def _in_words(outlook: Outlook) -> str:
    """The schedule in words, where it is followed."""
    if outlook.consent is Consent.YES:
        return describe(outlook.schedule)
    return "never" if outlook.consent is Consent.NO else "never: nobody agreed yet"
