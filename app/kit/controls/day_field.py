"""A day that may be set or not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QWidget

from app.kit.controls.check_box import CheckBox
from hpm_engine import day_start


class DayField(QWidget):
    """A check box and a local date; ``changed`` when either does."""

    changed = Signal()

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check, self._day = CheckBox(text), QDateEdit(QDate.currentDate())
        self._check.setAccessibleName(f"{name}: restrict")
        self._day.setCalendarPopup(True)
        self._day.setDisplayFormat("yyyy-MM-dd")
        self._day.setAccessibleName(name)
        self._day.setEnabled(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._check)
        row.addWidget(self._day)
        self._check.toggled.connect(self._day.setEnabled)
        self._check.toggled.connect(self.changed)
        self._day.dateChanged.connect(self.changed)

    def start(self, after_days: int = 0) -> int | None:
        """When the day, or one some days later, begins, in Unix microseconds; None if unset."""
        if not self._check.isChecked():
            return None
        day = cast("date", self._day.date().toPython())
        return day_start(day + timedelta(days=after_days))

    def set_day(self, day: QDate) -> None:
        """Set a day."""
        self._day.setDate(day)
        self._check.setChecked(True)

    def clear(self) -> None:
        """Unset it."""
        self._check.setChecked(False)
