"""The dialog of the schedule: switches and times, with the next runs that follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTime
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from app.kit.controls.check_box import CheckBox
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel
from app.kit.spin_box import spin_box
from app.kit.theme.colour import Colour
from hpm_engine import (
    CYCLE_MEMORIES,
    IDLE_MINUTES,
    Consent,
    Schedule,
    TimeOfWeek,
    local_now,
    next_runs,
)

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_USUAL = (tuple(range(7)), tuple(range(5)), (5, 6), *((day,) for day in range(7)))
_MOST = 12  # times
_LISTED = 5  # next runs
_NEVER = "Never: it runs only when you ask."


class ScheduleDialog(Dialog):
    """The schedule, to be changed.

    ``keep`` receives the schedule that the person settles on, and whether it is followed.
    """

    def __init__(
        self,
        schedule: Schedule,
        consent: Consent,
        keep: Callable[[Schedule, Consent], None],
        parent: QWidget,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("When this store tidies itself")
        self._now = now
        self.agreed = CheckBox("Let this store tidy itself")
        self.agreed.setChecked(consent is Consent.YES)
        self.idle = CheckBox("After")
        self.idle.setAccessibleName("Tidy after some minutes in which nothing was done")
        self.idle.setChecked(schedule.idle is not None)
        minutes = IDLE_MINUTES.value if schedule.idle is None else schedule.idle
        self.minutes = spin_box(IDLE_MINUTES, minutes)
        self.minutes.setSuffix(" min")
        self.minutes.setAccessibleName("Minutes in which nothing was done")
        self.mains = CheckBox("Only on mains power")
        self.mains.setChecked(schedule.mains)
        self.add = QPushButton("Add a time")
        self.next = SafeLabel(wrap=True)
        self._times: list[_TimeRow] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._arrange(keep)
        for time in schedule.times:
            self._add(time)
        self.agreed.toggled.connect(self._tell)
        self.idle.toggled.connect(self._tell)
        self.minutes.valueChanged.connect(self._tell)
        self.mains.toggled.connect(self._tell)
        self.add.clicked.connect(self._on_add)
        self._tell()

    def _arrange(self, keep: Callable[[Schedule, Consent], None]) -> None:
        idle = QHBoxLayout()
        idle.addWidget(self.idle)
        idle.addWidget(self.minutes)
        idle.addWidget(SafeLabel("in which neither you nor an agent did anything", wrap=True), 1)
        more = QHBoxLayout()
        more.addWidget(self.add)
        more.addStretch(1)
        promise = SafeLabel(
            "Tidying runs the automatic compression of old episodes (Store ▸ Automatic Compression"
            f" says which), then learns all that waits, in steps of {CYCLE_MEMORIES.value} memories"
            " that are undone together. It ends early only where more would be forgotten than is"
            " allowed. The window does it while it is open, hpm run without it. A time that was"
            " missed is made up once. What began while nobody worked stops when you or an agent go"
            " on, and is taken up later.",
            wrap=True,
            tone=Colour.MUTED,
        )
        buttons = DialogButtons()
        buttons.put("Save", DialogButtons.ButtonRole.AcceptRole).setDefault(True)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: keep(self.schedule(), self.consent()))
        self.finished.connect(self.deleteLater)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 70)
        column = self.content
        column.setSpacing(10)
        column.addWidget(self.agreed)
        column.addLayout(idle)
        column.addLayout(self._rows)
        column.addLayout(more)
        column.addWidget(self.mains)
        column.addWidget(self.next)
        column.addWidget(promise)
        column.addStretch(1)
        self.set_buttons(buttons)
        self.agreed.setFocus()

    def consent(self) -> Consent:
        """The answer that is set now."""
        return Consent.YES if self.agreed.isChecked() else Consent.NO

    def schedule(self) -> Schedule:
        """What is set now."""
        times = sorted(
            (row.time() for row in self._times), key=lambda time: (time.hour, time.minute)
        )
        idle = self.minutes.value() if self.idle.isChecked() else None
        return Schedule(idle, tuple(dict.fromkeys(times)), self.mains.isChecked())

    def _on_add(self) -> None:
        """Who sets a time wants it kept."""
        self.agreed.setChecked(True)
        self._add(TimeOfWeek(3, 0))

    def _add(self, time: TimeOfWeek) -> None:
        row = _TimeRow(time)
        self._times.append(row)
        self._rows.addWidget(row)
        row.show()  # what Qt shows later is not counted in the height that is needed now
        row.clock.timeChanged.connect(self._tell)
        row.days.currentIndexChanged.connect(self._tell)
        row.remove.clicked.connect(lambda: self._remove(row))
        self._tell()

    def _remove(self, row: _TimeRow) -> None:
        self._times.remove(row)
        self._rows.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._tell()

    def _tell(self) -> None:
        schedule, agreed = self.schedule(), self.agreed.isChecked()
        for part in (self.idle, *self._times):
            part.setEnabled(agreed)
        self.minutes.setEnabled(agreed and self.idle.isChecked())
        self.mains.setEnabled(agreed and (schedule.idle is not None or bool(schedule.times)))
        self.add.setEnabled(len(self._times) < _MOST)
        self.next.setText(_meaning(schedule, self._now()) if agreed else _NEVER)


class _TimeRow(QWidget):
    """A time of day on some days, and the button that removes it."""

    def __init__(self, time: TimeOfWeek) -> None:
        super().__init__()
        self.clock = QTimeEdit(QTime(time.hour, time.minute))
        self.clock.setDisplayFormat("HH:mm")
        self.clock.setAccessibleName("Time of day")
        self.days = QComboBox()
        self.days.setAccessibleName("Days of the week")
        usual = list(_USUAL) + ([] if time.days in _USUAL else [time.days])
        for days in usual:
            self.days.addItem(day_names(days), days)
        self.days.setCurrentIndex(usual.index(time.days))
        self.remove = QPushButton("Remove")
        self.remove.setAccessibleName("Remove this time")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(SafeLabel("At"))
        row.addWidget(self.clock)
        row.addWidget(self.days)
        row.addWidget(self.remove)
        row.addStretch(1)

    def time(self) -> TimeOfWeek:
        """What is set now."""
        clock_time = self.clock.time()
        return TimeOfWeek(clock_time.hour(), clock_time.minute(), tuple(self.days.currentData()))


def day_names(days: tuple[int, ...]) -> str:
    """Days of the week (0 is Monday) in words."""
    if len(days) == 7:
        return "every day"
    if len(days) == 1:
        return _NAMES[days[0]]
    return f"{_NAMES[days[0]]} to {_NAMES[days[-1]]}"


def describe(schedule: Schedule) -> str:
    """A schedule in words."""
    parts = [] if schedule.idle is None else [f"after {schedule.idle} min of rest"]
    parts += [f"{time.hour:02}:{time.minute:02} {day_names(time.days)}" for time in schedule.times]
    if not parts:
        return "never by itself"
    return ", ".join(parts) + (", only on mains power" if schedule.mains else "")


def _meaning(schedule: Schedule, now: datetime) -> str:
    runs = [f"{run:%a %Y-%m-%d %H:%M}" for run in next_runs(schedule, now, _LISTED)]
    if runs:
        return "Next runs: " + ", ".join(runs)
    if schedule.idle is not None:
        return "No fixed times: it runs whenever you and the agents have rested so long."
    return _NEVER
