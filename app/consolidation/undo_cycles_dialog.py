"""The dialog that undoes the last runs, and says what that means."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.formatting import counted, local_time
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import CycleRun


class UndoCyclesDialog(Dialog):
    """The question how far back to go, with what that means.

    ``undo`` receives the cycle down to which all are undone. ``standing`` are newest first;
    ``wanted`` is the first cycle of the run that is chosen beforehand, else the newest.
    """

    def __init__(
        self,
        standing: Sequence[CycleRun],
        undo: Callable[[int], None],
        parent: QWidget,
        wanted: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Undo learning")
        self._standing = standing
        self.cycles = QComboBox()
        self.cycles.setAccessibleName("Back to before which run")
        self.cycles.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for run in standing:
            self.cycles.addItem(_before(run), run.first)
        self.cycles.setCurrentIndex(max(0, self.cycles.findData(wanted)))
        self.text = SafeLabel(wrap=True)
        promise = SafeLabel(
            "Topics come back byte for byte as they were. Episodes and their texts are not touched."
            " What was learned waits again and can be learned anew. What was learned without a"
            " pause is one run, and goes together.",
            wrap=True,
            tone=Colour.MUTED,
        )
        buttons = DialogButtons()
        self.go = buttons.put("Undo", DialogButtons.ButtonRole.AcceptRole)
        buttons.put("Keep them", DialogButtons.ButtonRole.RejectRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: undo(self.cycles.currentData()))
        self.cycles.currentIndexChanged.connect(self._tell)
        column = self.content
        column.setSpacing(10)
        for part in (SafeLabel("Go back to", bold=True), self.cycles, self.text, promise):
            column.addWidget(part)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        self._tell()

    def _tell(self) -> None:
        gone = self._standing[: self.cycles.currentIndex() + 1]
        memories = counted(sum(run.memories for run in gone), "memory", "memories")
        born = counted(sum(run.born for run in gone), "new topic")
        runs = counted(len(gone), "run")
        self.text.setText(f"Undoes {runs}: {memories} wait again, {born} go.")


def _before(run: CycleRun) -> str:
    learned = counted(run.memories, "memory", "memories")
    return f"before {local_time(run.began)} ({learned} learned then)"
