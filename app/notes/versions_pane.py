"""The versions of a note, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.kit.formatting import counted, exact_time, number
from app.kit.latest_read import LatestRead
from app.kit.list_times import list_time
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.notes.note_text import NoteText
from hpm_engine import Job, Memory, MemoryNoteVersion

COLUMNS: tuple[Column[MemoryNoteVersion], ...] = (
    Column(
        title="Version",
        width=64,
        text=lambda version: number(version.number),
        tip="The oldest is 1",
        right=True,
    ),
    Column(
        title="Written",
        width=130,
        text=lambda version: list_time(version.written_at),
        tooltip=lambda version: exact_time(version.written_at),
        tip="As its file or its store says",
    ),
    Column(
        title="First imported",
        width=130,
        text=lambda version: list_time(version.seen_at),
        tooltip=lambda version: exact_time(version.seen_at),
        tip="The import that met it first",
        wide=True,
    ),
    Column(
        title="Size",
        width=100,
        text=lambda version: counted(len(version.text), "character"),
        tip="How long it is",
        right=True,
    ),
)


class VersionTable(PagedTable[MemoryNoteVersion]):
    """The versions of one note, the latest first."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self.versions: tuple[MemoryNoteVersion, ...] = ()

    def show_versions(self, versions: Sequence[MemoryNoteVersion]) -> None:
        """Show these rows."""
        self.versions = held = tuple(versions)

        def fetch(_memory: Memory, start: int, stop: int) -> Sequence[MemoryNoteVersion]:
            return held[start:stop]

        self.show_rows(len(held), fetch)


class VersionsPane(QWidget):
    """Versions; one is compared with the one before, two that are selected with each other."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self)
        self._compared = LatestRead(session, self)
        self._note = 0
        self.model = VersionTable(session, self)
        self.table = RowView("Versions of the note")
        self.table.set_table(self.model)
        self.head = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.head.setContentsMargins(MEDIUM, SMALL, SMALL, 0)
        self.difference = NoteText("What changed between two versions")
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        column.addWidget(self.head)
        column.addWidget(self.difference, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("versions and what changed")
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, HAIR, 0, 0)
        layout.addWidget(split)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._compare())

    def show_note(self, note_id: int) -> None:
        """Show the versions of a note, and what the last one changed."""
        self._note = note_id

        def call(memory: Memory, _job: Job) -> list[MemoryNoteVersion]:
            return memory.memory_notes.versions(note_id)[::-1]

        self._read.ask(call, self._show, self._on_failed)

    def _show(self, versions: list[MemoryNoteVersion]) -> None:
        self.model.show_versions(versions)
        if versions:
            self.table.selectRow(0)
            self._compare()

    def _compare(self) -> None:
        spans = self.table.selected_spans()
        rows = [row for first, last in spans for row in range(first, last + 1)]
        numbers = sorted(self.model.versions[row].number for row in rows[:2])
        if len(rows) == 1 and numbers[0] > 1:
            numbers = [numbers[0] - 1, numbers[0]]
        if len(numbers) < 2:
            self.head.setText("The first wording that was met." if numbers else "")
            self.difference.show_markdown(self.model.versions[rows[0]].text if numbers else "")
            return
        note_id, earlier, later = self._note, *numbers

        def call(memory: Memory, _job: Job) -> list[str]:
            return memory.memory_notes.difference(note_id, earlier, later)

        def show(lines: list[str]) -> None:
            told = f"From version {number(earlier)} to version {number(later)}"
            self.head.setText(told if lines else f"{told}: both say the same.")
            self.difference.show_difference(lines)

        self._compared.ask(call, show, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self.head.setText(f"The versions could not be read: {error}")
        self.difference.show_difference(())
