"""The filters above the audit log."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from app.kit.controls.day_field import DayField
from app.kit.flow_layout import FlowLayout
from app.kit.formatting import number
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL
from hpm_engine import ACTION_NAMES, AuditChoices, AuditFilter

PAUSE = 250  # milliseconds after the last keystroke
_FIELD = 22  # characters
_WIDEST = 34  # characters of a choice


class AuditFilters(QWidget):
    """A row of filters; days are local, the last one is included."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._episode_id: int | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.changed)
        self._text = self._field("Find in the log", "Words in what was done, or in its names")
        self._title = self._field("Episode: title or number", "Only rows about such episodes")
        self._action = self._box("Anything done", "What was done")
        self._actor = self._box("Anyone", "Who did it")
        self._from, self._to = DayField("From", "First day"), DayField("To", "Last day")
        for day in (self._from, self._to):
            day.changed.connect(self._pause.start)
        self._history = QPushButton()
        self._history.setAccessibleName("Leave the history of one episode")
        self._history.clicked.connect(lambda: self.show_episode(None))
        self._history.hide()
        self.count = SafeLabel(tone=Colour.MUTED)
        layout = FlowLayout(self)
        layout.setContentsMargins(SMALL, 0, SMALL, HAIR)
        layout.setSpacing(SMALL)
        for widget in (
            self._history,
            self._text,
            self._action,
            self._actor,
            self._title,
            self._from,
            self._to,
            self.count,
        ):
            layout.addWidget(widget)

    def _field(self, placeholder: str, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(placeholder)
        field.setAccessibleName(name)
        field.setClearButtonEnabled(True)
        width = max(self.fontMetrics().horizontalAdvance(placeholder), 0)
        field.setMinimumWidth(max(width, self.fontMetrics().averageCharWidth() * _FIELD) + 40)
        field.textChanged.connect(lambda: self._pause.start())
        return field

    def _box(self, every: str, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.addItem(every, "")
        box.currentIndexChanged.connect(lambda: self._pause.start())
        return box

    def offer(self, choices: AuditChoices) -> None:
        """Offer all that the log holds, keeping what is chosen."""
        actions = (
            (value, count, ACTION_NAMES.get(value, value)) for value, count in choices.actions
        )
        actors = ((value, count, value) for value, count in choices.actors)
        for box, values in ((self._action, actions), (self._actor, actors)):
            _offer(box, sorted(values, key=lambda each: each[2].casefold()))

    def choose_action(self, action: str) -> None:
        """Let only one kind of change through; "" for any."""
        _choose(self._action, action, ACTION_NAMES.get(action, action))

    def choose_actor(self, actor: str) -> None:
        """Let only what one of them did through; "" for anyone."""
        _choose(self._actor, actor, actor)

    def search(self, text: str) -> None:
        """Let only rows with a text through."""
        self._text.setText(text)

    def show_episode(self, episode_id: int | None, title: str = "") -> None:
        """Show the history of one episode and nothing else, or leave it."""
        self.clear()
        self._episode_id = episode_id
        self._history.setVisible(episode_id is not None)
        if episode_id is not None:
            called = f" “{one_line(title, 40)}”" if title else ""
            self._history.setText(f"History of episode {episode_id}{called}  ✕".replace("&", "&&"))
        self.changed.emit()

    def filter(self) -> AuditFilter:
        """The filter that is set now."""
        return AuditFilter(
            since=self._from.start(),
            until=self._to.start(after_days=1),
            actor=self._actor.currentData(),
            action=self._action.currentData(),
            episode_id=self._episode_id,
            title=self._title.text().strip(),
            text=self._text.text().strip(),
        )

    def clear(self) -> None:
        """Unset every filter."""
        self._episode_id = None
        self._history.hide()
        for box in (self._actor, self._action):
            box.setCurrentIndex(0)
        for field in (self._text, self._title):
            field.clear()
        self._from.clear()
        self._to.clear()
        self._pause.start()


def _offer(box: QComboBox, values: Iterable[tuple[str, int, str]]) -> None:
    chosen, every = box.currentData(), box.itemText(0)
    with QSignalBlocker(box):
        box.clear()
        box.addItem(every, "")
        for value, count, name in values:
            box.addItem(f"{one_line(name, _WIDEST)} ({number(count)})", value)
        _choose(box, chosen, chosen)


def _choose(box: QComboBox, value: str, name: str) -> None:
    index = box.findData(value)
    if index < 0:  # what the log holds has not been read yet, or the last such row is elsewhere
        box.addItem(one_line(name, _WIDEST), value)
        index = box.count() - 1
    box.setCurrentIndex(index)
