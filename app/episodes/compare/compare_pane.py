"""Two episodes side by side: what is known of each, then their steps aligned."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.episodes.compare.beside_table import BesideTable
from app.episodes.compare.comparison import Comparison, facts, read_comparison
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM, SMALL
from hpm_engine import Job, Memory

_SIGN = 4  # characters of the column of signs
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ComparePane(QWidget):
    """N and Shift+N go to differences, Enter opens a step, Escape leaves.

    ``opened`` names an episode and a step.
    """

    opened = Signal(int, int)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self, whole_store=True)
        self.model = BesideTable(self)
        self.table = QTableView()
        self.summary = SafeLabel()
        self._facts = QGridLayout()
        self._next = QPushButton("Next difference")
        self._previous = QPushButton("Previous")
        self._back = QPushButton("Back")
        self.page = StatePage(self.table)
        self._arrange()
        self._next.clicked.connect(lambda: self.go_to_difference())
        self._previous.clicked.connect(lambda: self.go_to_difference(forward=False))
        self._back.clicked.connect(self.left)
        self.table.installEventFilter(self)
        self.table.doubleClicked.connect(lambda index: self._open(index.column()))
        self.setFocusProxy(self.table)

    def _arrange(self) -> None:
        table = self.table
        table.setAccessibleName("Steps of two episodes side by side")
        table.setModel(self.model)
        table.horizontalHeader().hide()
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + SMALL)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, self.fontMetrics().averageCharWidth() * _SIGN)
        for side in (1, 2):
            header.setSectionResizeMode(side, QHeaderView.ResizeMode.Stretch)
        self._next.setToolTip(tip("Go to the next steps that differ (N)."))
        self._previous.setToolTip(tip("Go to the steps before that differ (Shift+N)."))
        self._back.setToolTip(tip("Show the conversation again (Esc)."))
        top = QHBoxLayout()
        top.setSpacing(SMALL)
        top.addWidget(self.summary, 1)
        for button in (self._previous, self._next, self._back):
            top.addWidget(button)
        self._facts.setHorizontalSpacing(MEDIUM)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        column.setSpacing(SMALL)
        column.addLayout(top)
        column.addLayout(self._facts)
        column.addWidget(self.page, 1)

    def compare(self, left: int, right: int) -> None:
        """Read two episodes and show them beside each other."""

        def call(memory: Memory, job: Job) -> Comparison:
            return read_comparison(memory, job, left, right)

        self.page.show_loading("Comparing the steps…")
        self._read.ask(
            call,
            self._show,
            lambda error: self.page.show_error(
                "The episodes could not be compared", error, lambda: self.compare(left, right)
            ),
        )

    def _show(self, comparison: Comparison) -> None:
        self.model.show_comparison(comparison)
        count = comparison.differences
        same = len(comparison.rows) - count
        said = f"{counted(count, 'difference')}, {counted(same, 'step')} the same"
        self.summary.setText(said if count else "All steps are the same")
        self._show_facts(comparison)
        for button in (self._next, self._previous):
            button.setEnabled(bool(count))
        self.page.show_content()
        self.table.selectRow(0)
        self.table.setFocus()

    def _show_facts(self, comparison: Comparison) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        sides = (comparison.left, comparison.right)
        for column, episode in enumerate(sides, start=1):
            self._facts.addWidget(SafeLabel(one_line(episode.name, 200), bold=True), 0, column)
            self._facts.setColumnStretch(column, 1)
        known, other = map(facts, sides)
        names = [name for name in known if known[name] or other[name]]
        for row, name in enumerate(names, start=1):
            differs = known[name] != other[name]
            self._facts.addWidget(SafeLabel(name, tone=Colour.MUTED), row, 0)
            for column, value in enumerate((known[name], other[name]), start=1):
                label = SafeLabel(value, tone=None if differs else Colour.MUTED)
                self._facts.addWidget(label, row, column)

    def go_to_difference(self, *, forward: bool = True) -> None:
        """Select the next steps that differ, or those before."""
        comparison = self.model.comparison
        if comparison is None:
            return
        row = comparison.next_difference(self.table.currentIndex().row(), forward=forward)
        if row is not None:
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0), QTableView.ScrollHint.PositionAtCenter)

    def _open(self, column: int = 1) -> None:
        comparison, row = self.model.comparison, self.model.row(self.table.currentIndex().row())
        if comparison is None or row is None:
            return
        on_right = row.left is None or (column == 2 and row.right is not None)
        episode, seq = (comparison.right, row.right) if on_right else (comparison.left, row.left)
        if seq is not None:
            self.opened.emit(episode.id, seq)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """N, Shift+N, Enter and Escape act on the comparison; arrows are Qt's."""
        if watched is not self.table or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        assert isinstance(event, QKeyEvent)
        if event.key() == Qt.Key.Key_N:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.go_to_difference(forward=not back)
        elif event.key() in _ENTER:
            self._open()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return super().eventFilter(watched, event)
        return True
