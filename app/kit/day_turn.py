"""The turn of the local day, after which what was today is yesterday."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from hpm_engine import local_now

_LOOK_MS = 30_000  # a timer until midnight would stand still while the computer sleeps


class DayTurn(QObject):
    """Says when another day has ``begun``: at midnight, or when the clock was set."""

    begun = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._day = local_now().date()
        timer = QTimer(self, interval=_LOOK_MS)
        timer.timeout.connect(self.look)
        timer.start()

    def look(self) -> None:
        """Compare the day with that of the last look."""
        day = local_now().date()
        if day != self._day:
            self._day = day
            self.begun.emit()
