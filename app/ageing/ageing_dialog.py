"""The dialog of ageing: its settings, and what they would move and delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from app.ageing.budget_choice import BudgetChoice
from app.ageing.leaving_list import LeavingList, going_in_words, moving_in_words
from app.ageing.project_budgets import ProjectBudgets
from app.kit.controls.check_box import CheckBox
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.radio_button import RadioButton
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.spin_box import spin_box
from app.kit.theme.colour import Colour
from hpm_engine import (
    BUFFER_SIZE,
    RETENTION_DAYS,
    AgeingOutlook,
    AgeingSettings,
    Job,
    Memory,
    Originals,
)

_REST_MS = 250  # between the last change and a read of the store
_ORIGINALS = {
    Originals.KEPT: "Keep them in the store",
    Originals.DAYS: "Keep them for",
    Originals.EVICTED: "Delete permanently with the next compression",
}


class AgeingDialog(Dialog):
    """The settings of automatic compression, to be changed.

    ``keep`` receives the settings that a person settles on; nothing is moved here.
    """

    def __init__(
        self,
        outlook: AgeingOutlook,
        projects: Sequence[tuple[str, int]],
        session: Session,
        keep: Callable[[AgeingSettings], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Automatic compression")
        self._before = before = outlook.settings
        self._read = LatestRead(session, self, whole_store=True)
        self.newest = spin_box(BUFFER_SIZE, before.newest)
        self.newest.setAccessibleName("How many of the newest episodes keep their full text")
        self.budget = BudgetChoice(before.budget, "What is kept of older episodes")
        self.projects = ProjectBudgets(projects, before.projects)
        self.originals = QButtonGroup(self)
        self.choices = {choice: RadioButton(text) for choice, text in _ORIGINALS.items()}
        self.choices[before.originals].setChecked(True)
        self.days = spin_box(RETENTION_DAYS, before.days)
        self.days.setSuffix(" days")
        self.days.setAccessibleName("Days that originals stay after the compression")
        self.automatic = CheckBox("Run by itself too, with the schedule, while nobody works")
        self.automatic.setChecked(before.automatic)
        self.moves, self.goes = SafeLabel(wrap=True), SafeLabel(wrap=True)
        self.leaving = LeavingList()
        self.agreed = CheckBox("Delete permanently what is named here, and what follows")
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._arrange(keep)
        self._connect()
        self._show(outlook)

    def _arrange(self, keep: Callable[[AgeingSettings], None]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        originals = QVBoxLayout()
        originals.setSpacing(4)
        for choice, button in self.choices.items():
            self.originals.addButton(button)
            row = QHBoxLayout()
            row.addWidget(button)
            if choice is Originals.DAYS:
                row.addWidget(self.days)
                words = "after the compression, then delete permanently"
                row.addWidget(SafeLabel(words, wrap=True), 1)
            else:
                row.addStretch(1)
            originals.addLayout(row)
        newest = QHBoxLayout()
        newest.setSpacing(8)
        newest.addWidget(self.newest)
        words = "newest episodes, and all that are pinned or often recalled"
        newest.addWidget(SafeLabel(words, wrap=True), 1)
        rows: tuple[tuple[str, QWidget | QHBoxLayout | QVBoxLayout], ...] = (
            ("Keep in full", newest),
            ("Keep of older ones", self.budget),
            ("By project", self.projects),
            ("Full text and original files", originals),
        )
        for position, (name, what) in enumerate(rows):
            label = SafeLabel(name, tone=Colour.MUTED)
            label.setContentsMargins(0, 5, 0, 0)
            grid.addWidget(label, position, 0, Qt.AlignmentFlag.AlignTop)
            if isinstance(what, QWidget):
                grid.addWidget(what, position, 1)
            else:
                grid.addLayout(what, position, 1)
        grid.setColumnStretch(1, 1)
        buttons = DialogButtons()
        self.accepting = buttons.put("Save", DialogButtons.ButtonRole.AcceptRole)
        self.accepting.setDefault(True)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: keep(self.settings()))
        self.finished.connect(self.deleteLater)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 100)
        column = self.content
        column.setSpacing(10)
        column.addLayout(grid)
        column.addWidget(self.automatic)
        column.addWidget(self.moves)
        column.addWidget(self.goes)
        column.addWidget(self.leaving, 1)
        column.addWidget(self.agreed)
        self.set_buttons(buttons)
        self.newest.setFocus()

    def _connect(self) -> None:
        self.newest.valueChanged.connect(self._on_changed)
        self.days.valueChanged.connect(self._on_changed)
        self.budget.changed.connect(self._on_changed)
        self.projects.changed.connect(self._on_changed)
        self.originals.buttonToggled.connect(self._on_changed)
        self.automatic.toggled.connect(self._on_changed)
        self.agreed.toggled.connect(self._offer)
        self._rest.timeout.connect(self._look)

    def settings(self) -> AgeingSettings:
        """What is set now."""
        originals = next(choice for choice, button in self.choices.items() if button.isChecked())
        return msgspec.structs.replace(
            self._before,
            newest=self.newest.value(),
            budget=self.budget.budget(),
            projects=self.projects.budgets(),
            originals=originals,
            days=self.days.value(),
            automatic=self.automatic.isChecked(),
        )

    # -- what they would do ----------------------------------------------------------------

    def _on_changed(self) -> None:
        self.goes.setText("Looking at what would go…")
        self.agreed.setChecked(False)
        self.accepting.setEnabled(False)
        self._rest.start()

    def _look(self) -> None:
        wanted = self.settings()

        def call(memory: Memory, _job: Job) -> AgeingOutlook:
            return memory.compression.ageing.outlook(wanted)

        self._read.ask(call, self._show, lambda error: self.goes.setText(f"✗ {error}"))

    def _show(self, outlook: AgeingOutlook) -> None:
        self.moves.setText(moving_in_words(outlook))
        self.goes.setText(going_in_words(outlook))
        self.leaving.show_leaving(outlook.eviction.largest)
        self.leaving.setVisible(bool(outlook.eviction.largest))
        self._offer()

    def _offer(self) -> None:
        """Ask for consent before texts are deleted, unless it was given before."""
        wanted = self.settings()
        lets_go = wanted.originals is not Originals.KEPT
        asks = lets_go and (wanted.originals, wanted.days) != (
            self._before.originals,
            self._before.days,
        )
        self.days.setEnabled(wanted.originals is Originals.DAYS)
        self.agreed.setVisible(asks)
        waits = self._rest.isActive() or self._read.busy
        self.accepting.setEnabled(not waits and (not asks or self.agreed.isChecked()))
        self.accepting.setText("Delete permanently" if asks else "Save")
        self.accepting.setDefault(not asks)  # nobody deletes by pressing Enter
