"""The table of an episode's steps with what is kept of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.masks.kept.step_table import TITLES, KeptStepTable
from app.masks.mask_reading import MaskReading
from hpm_engine import StepOutline, visible

_WIDTHS = (44, 104, 28, 50, 58)
_TWICE = (3, 4)  # columns that say something of either scorer


class KeptSteps(QTableView):
    """A list of steps; ``chosen`` names that under the cursor, ``opened`` that of Enter."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = KeptStepTable(self)
        self.setModel(self.rows)
        self.setAccessibleName("Steps and what is kept of them")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        header = self.horizontalHeader()
        header.setObjectName("columns of kept steps")
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(len(TITLES) - 1, QHeaderView.ResizeMode.Stretch)
        self._quiet = False
        self.selectionModel().currentRowChanged.connect(self._on_row)

    def show_masks(
        self, steps: Sequence[StepOutline], readings: Sequence[MaskReading], *, differing: bool
    ) -> None:
        """Show the compressions of one scorer or two; the chosen step stays."""
        before = self.rows.seq_at(self.currentIndex().row())
        self._quiet = True
        larger = 1 + 0.8 * (len(readings) > 1)
        scale = max(1.0, self.fontMetrics().height() / 15)
        for column, width in enumerate(_WIDTHS):
            wide = width * scale * (larger if column in _TWICE else 1)
            self.setColumnWidth(column, int(wide))
        self.rows.show_masks(steps, readings, differing=differing)
        if before is not None:
            self.choose(before)
        self._quiet = False

    def choose(self, seq: int) -> None:
        """Put the cursor on a step, if it is shown."""
        row = self.rows.row_of(seq)
        if row is not None and row != self.currentIndex().row():
            index = self.rows.index(row, 0)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen step in sight when what stands above takes more room."""
        row = self.currentIndex().row()
        seen = row >= 0 and 0 <= self.rowViewportPosition(row) < event.oldSize().height()
        super().resizeEvent(event)
        if seen:
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies all rows."""
        seq = self.rows.seq_at(self.currentIndex().row())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and seq is not None:
            self.opened.emit(seq)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        else:
            super().keyPressEvent(event)

    def copy_rows(self) -> None:
        """Put all rows on the clipboard as a table."""
        lines = ["\t".join(TITLES)]
        for row in range(self.rows.rowCount()):
            cells = (self.rows.index(row, column).data() for column in range(len(TITLES)))
            lines.append("\t".join(visible(str(cell)) for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def _on_row(self) -> None:
        seq = self.rows.seq_at(self.currentIndex().row())
        if seq is not None and not self._quiet:
            self.chosen.emit(seq)
