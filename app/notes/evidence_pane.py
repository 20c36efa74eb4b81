"""What sessions show of each line of a note: the verdicts as rows, and the steps of the chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QVBoxLayout, QWidget

from app.kit.controls.content_area import ContentArea
from app.kit.controls.fact_list import Fact, FactList
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, number
from app.kit.latest_read import LatestRead
from app.kit.list_times import list_time
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from hpm_engine import Bearing, EvidenceStep, Job, LineEvidence, Memory, NoteVerdict

_COLOURS = {
    NoteVerdict.CONTRADICTED: Colour.BAD,
    NoteVerdict.OUTDATED: Colour.WARN,
    NoteVerdict.TRUE: Colour.GOOD,
    NoteVerdict.NEVER: Colour.MUTED,
    NoteVerdict.NOTHING: Colour.MUTED,
}
_GLYPHS = {
    NoteVerdict.CONTRADICTED: "✗",
    NoteVerdict.OUTDATED: "◷",
    NoteVerdict.TRUE: "✓",
    NoteVerdict.NEVER: "○",
    NoteVerdict.NOTHING: "·",
}
_BEARINGS = {
    Bearing.FOR: "Bears it out",
    Bearing.AGAINST: "Contradicts it",
    Bearing.CHANGED: "Changed it",
}
_ORDER = tuple(_COLOURS)


def _verdict(line: LineEvidence) -> str:
    return f"{_GLYPHS[line.verdict]} {line.verdict}"


COLUMNS: tuple[Column[LineEvidence], ...] = (
    Column(
        title="Verdict",
        width=124,
        text=_verdict,
        copied=lambda line: str(line.verdict),
        colour=lambda line: _COLOURS[line.verdict],
        tip="What the sessions of the note's folder show of the line",
    ),
    Column(
        title="What the note says",
        width=260,
        text=lambda line: one_line(line.text, 300),
        tooltip=lambda line: line.text[:1_000],
        tip="The line",
        wide=True,
    ),
    Column(
        title="Why",
        width=220,
        text=lambda line: line.reason,
        tooltip=lambda line: line.reason,
        tip="The reason in words; its steps stand below",
    ),
    Column(
        title="Line",
        width=44,
        text=lambda line: number(line.line),
        tip="The number of the line in its file",
        right=True,
    ),
)


class EvidenceTable(PagedTable[LineEvidence]):
    """The lines of one note."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self.lines: tuple[LineEvidence, ...] = ()

    def show_lines(self, lines: Sequence[LineEvidence]) -> None:
        """Show these rows."""
        self.lines = held = tuple(lines)

        def fetch(_memory: Memory, start: int, stop: int) -> Sequence[LineEvidence]:
            return held[start:stop]

        self.show_rows(len(held), fetch)


class EvidencePane(QWidget):
    """The evidence for one note; ``opened`` names an episode and a step."""

    opened = Signal(int, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self, whole_store=True)
        self._note: int | None = None
        self.model = EvidenceTable(session, self)
        self.table = RowView("Evidence for the lines of the note")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_table(self.model)
        self.sums = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.reason = SafeLabel(wrap=True)
        self.steps = FactList()
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.opened.connect(self._open_first)
        self.table.doubleClicked.connect(self._open_first)

    def _content(self) -> QWidget:
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        column.setSpacing(SMALL)
        column.addWidget(self.reason)
        column.addWidget(self.steps)
        column.addStretch(1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("lines and their steps")
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(ContentArea(below))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, HAIR, 0, 0)
        layout.setSpacing(HAIR)
        self.sums.setContentsMargins(MEDIUM, 0, SMALL, 0)
        layout.addWidget(self.sums)
        layout.addWidget(split, 1)
        return content

    def show_note(self, note_id: int) -> None:
        """Look for the evidence for a note, and show it."""
        self._note = note_id

        def call(memory: Memory, job: Job) -> list[LineEvidence]:
            return memory.memory_notes.evidence(note_id, job)

        self.page.show_loading("Looking at what sessions did…")
        self._read.ask(call, self._show, self._on_failed)

    def _show(self, lines: list[LineEvidence]) -> None:
        self.model.show_lines(lines)
        if not lines:
            self.page.show_empty("Nothing to check", "No line of the note says anything.")
            return
        self.sums.setText(summed(lines))
        self.page.show_content()
        self.table.selectRow(0)
        self._on_row()

    def _on_row(self) -> None:
        row = self.table.current_row()
        if row is None or row >= len(self.model.lines):
            return
        line = self.model.lines[row]
        self.reason.setText(line.reason)
        self.steps.show_facts([self._fact(step) for step in line.steps])

    def _fact(self, step: EvidenceStep) -> Fact:
        at = f"{list_time(step.at)}  " if step.at is not None else ""
        tones = {Bearing.AGAINST: Colour.BAD, Bearing.CHANGED: Colour.WARN}
        return Fact(
            _BEARINGS[step.bearing],
            f"{at}{one_line(step.text, 160)}",
            tone=tones.get(step.bearing),
            tip=f"Opens episode {step.episode_id}, step {number(step.seq + 1)}",
            go=partial(self.opened.emit, step.episode_id, step.seq),
        )

    def _open_first(self) -> None:
        row = self.table.current_row()
        if row is not None and row < len(self.model.lines) and self.model.lines[row].steps:
            step = self.model.lines[row].steps[0]
            self.opened.emit(step.episode_id, step.seq)

    def _on_failed(self, error: Exception) -> None:
        note_id = self._note
        if note_id is not None:
            self.page.show_error(
                "The evidence could not be read", error, lambda: self.show_note(note_id)
            )


def summed(lines: Sequence[LineEvidence]) -> str:
    """How many lines have which verdict."""
    counts = [(verdict, sum(each.verdict is verdict for each in lines)) for verdict in _ORDER]
    told = ", ".join(f"{number(count)} {verdict}" for verdict, count in counts if count)
    return f"{counted(len(lines), 'line')}: {told}"
