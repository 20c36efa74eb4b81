"""The head of the overview: its time, its project, and the prices that it estimates with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QWidget,
)

from app.kit.formatting import number
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.theme.spacing import HAIR, SMALL
from app.kit.theme.type_scale import TextRole
from hpm_engine import Period, day_start, local_now

_DAYS = {"7 days": 7, "30 days": 30, "Year": 365, "All": 0}
_PRICES = "What models cost, where the record does not say what was paid."
_LETTERS = 18  # characters of a project's name


class PeriodBar(QWidget):
    """A choice of the last days, and of one project; ``changed`` when a person chose."""

    changed = Signal()
    prices_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._days = 0
        self._times = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL)
        row.addWidget(SafeLabel("Overview", role=TextRole.TITLE, whole=True), 1)
        times = QHBoxLayout()
        times.setSpacing(HAIR)
        for name, days in _DAYS.items():
            button = QToolButton()
            button.setText(name)
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setAccessibleName(f"Show {'all' if not days else f'the last {days} days'}")
            button.clicked.connect(partial(self._choose, days))
            self._times.addButton(button, days)
            times.addWidget(button)
        row.addLayout(times)
        self._project = QComboBox()
        self._project.setAccessibleName("Only this project")
        self._project.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._project.setMinimumContentsLength(_LETTERS)
        self._project.addItem("All projects", None)
        self._project.currentIndexChanged.connect(lambda: self.changed.emit())
        row.addWidget(self._project)
        self._prices = QPushButton("Prices…")
        self._prices.setToolTip(tip(_PRICES))
        self._prices.clicked.connect(self.prices_asked)
        row.addWidget(self._prices)
        self._times.button(0).setChecked(True)

    def period(self) -> Period:
        """What is chosen; the last days end with today."""
        since = None
        if self._days:
            since = day_start(local_now().date() - timedelta(days=self._days - 1))
        return Period(since=since, project=self._project.currentData())

    @property
    def days(self) -> int:
        """The last days that are shown; 0 for all."""
        return self._days

    def show_days(self, days: int) -> None:
        """Choose the last days; 0 for all."""
        self._times.button(days).setChecked(True)
        self._choose(days)

    def offer(self, projects: Iterable[tuple[str, int]]) -> None:
        """Offer projects with their counts, keeping the one that is chosen."""
        chosen = self._project.currentData()
        with QSignalBlocker(self._project):
            self._project.clear()
            self._project.addItem("All projects", None)
            for name, count in projects:
                self._project.addItem(f"{one_line(name, 40) or '(none)'} ({number(count)})", name)
            self._project.setCurrentIndex(max(0, self._project.findData(chosen)))

    def choose_project(self, name: str | None) -> None:
        """Show one project; ``None`` for all."""
        self._project.setCurrentIndex(max(0, self._project.findData(name)))

    def _choose(self, days: int) -> None:
        if days != self._days:
            self._days = days
            self.changed.emit()
