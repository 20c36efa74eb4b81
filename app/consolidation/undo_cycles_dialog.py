"""The dialog that undoes the last runs of cycles, and says what that means."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QVBoxLayout, QWidget

from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.formatting import counted, local_time, number
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import CycleRun


class UndoCyclesDialog(QDialog):
    """The question how far back to go, with what that means.

    ``undo`` receives the cycle down to which all are undone. ``standing`` are newest first.
    """

    def __init__(
        self, standing: Sequence[CycleRun], undo: Callable[[int], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Undo cycles")
        self._standing = standing
        self.cycles = QComboBox()
        self.cycles.setAccessibleName("Back to before which cycle")
        for run in standing:
            self.cycles.addItem(_before(run), run.first)
        self.text = SafeLabel(wrap=True)
        promise = SafeLabel(
            "Prototypes, their members, what elastic weight consolidation holds and which episodes"
            " are learned come back byte for byte; what has grown since is not called learned."
            " Episodes and their texts are not touched. There is no redo, but the memories wait"
            " again, and the same cycle comes out the same; the schedule takes them up once an"
            " agent has worked. Cycles that the schedule ran without a pause are one run, and go"
            " together.",
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
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(10)
        for part in (SafeLabel("Go back to", bold=True), self.cycles, self.text, promise, buttons):
            column.addWidget(part)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        self._tell()

    def _tell(self) -> None:
        gone = self._standing[: self.cycles.currentIndex() + 1]
        memories = counted(sum(run.memories for run in gone), "memory", "memories")
        born = counted(sum(run.born for run in gone), "prototype")
        cycles = counted(sum(run.cycles for run in gone), "cycle")
        self.text.setText(f"Undoes {cycles}: {memories} wait again, {born} born since go.")


def _before(run: CycleRun) -> str:
    learned = counted(run.memories, "memory", "memories")
    if run.cycles == 1:
        return f"before cycle {number(run.first)} ({local_time(run.at)}, {learned})"
    names = f"{number(run.first)} to {number(run.last)}"
    return f"before the run of cycles {names} ({local_time(run.began)}, {learned})"
