"""The filters above the audit log."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from app.kit.controls.day_field import DayField
from app.kit.flow_layout import FlowLayout
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import AuditFilter

PAUSE = 250  # milliseconds after the last keystroke


class AuditFilters(QWidget):
    """A row of filters; days are local, the last one is included."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actor = self._box("Anyone", "Who did it")
        self._action = self._box("Any action", "What was done")
        self._from, self._to = DayField("From", "First day"), DayField("To", "Last day")
        self._episode = QSpinBox()
        self._episode.setRange(0, 2_147_483_647)
        self._episode.setSpecialValueText("Any episode")
        self._episode.setPrefix("Episode ")
        self._episode.setAccessibleName("Only rows about the episode with this id")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.changed)
        self._episode.valueChanged.connect(self._pause.start)
        for day in (self._from, self._to):
            day.changed.connect(self._pause.start)
        layout = FlowLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(6)
        for widget in (self._actor, self._action, self._from, self._to, self._episode):
            layout.addWidget(widget)
        self.count = SafeLabel(tone=Colour.MUTED)
        layout.addWidget(self.count)

    def _box(self, every: str, name: str) -> QComboBox:
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItem("")
        box.setAccessibleName(name)
        if (line := box.lineEdit()) is not None:
            line.setPlaceholderText(every)
        box.setMinimumContentsLength(8)
        box.editTextChanged.connect(lambda: self._pause.start())
        return box

    def offer(self, actors: Iterable[str], actions: Iterable[str]) -> None:
        """Add values that the log holds to the choices."""
        for box, values in ((self._actor, actors), (self._action, actions)):
            there = {box.itemText(index) for index in range(box.count())}
            with QSignalBlocker(box):
                text = box.currentText()
                box.addItems(sorted(set(values) - there))
                box.setEditText(text)

    def filter(self) -> AuditFilter:
        """The filter that is set now."""
        return AuditFilter(
            since=self._from.start(),
            until=self._to.start(after_days=1),
            actor=self._actor.currentText().strip(),
            action=self._action.currentText().strip(),
            episode_id=self._episode.value() or None,
        )

    def clear(self) -> None:
        """Unset every filter."""
        for box in (self._actor, self._action):
            box.setEditText("")
        self._from.clear()
        self._to.clear()
        self._episode.setValue(0)
