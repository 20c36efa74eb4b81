"""One note: its text, the evidence for its lines, its versions, and what it links to."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.kit.controls.fact_list import Fact, FactList
from app.kit.controls.state_page import StatePage
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from app.notes.evidence_pane import EvidencePane
from app.notes.note_table import summary
from app.notes.note_text import NoteText
from app.notes.versions_pane import VersionsPane
from hpm_engine import Job, Memory, MemoryNoteDetail

TEXT, EVIDENCE, VERSIONS = range(3)
_MOST_LINKS = 8


class NotePane(QWidget):
    """The pane of one note; ``opened`` names an episode and a step, ``chosen`` another note."""

    opened = Signal(int, int)
    chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self)
        self.note_id: int | None = None
        self._shown: dict[int, int] = {}  # the note that each tab shows
        self.title = SafeLabel(role=TextRole.HEADING, wrap=True)
        self.summary = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.linked = FactList()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("What is shown of the note")
        for title in ("Text", "Evidence", "Versions"):
            self.tabs.addTab(title)
        self.text = NoteText("Text of the note")
        self.evidence = EvidencePane(session)
        self.versions = VersionsPane(session)
        self._stack = QStackedWidget()
        for part in (self.text, self.evidence, self.versions):
            self._stack.addWidget(part)
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.tabs.currentChanged.connect(self._on_tab)
        self.evidence.opened.connect(self.opened)
        self.show_nothing()

    def _content(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, SMALL, 0, 0)
        layout.setSpacing(HAIR)
        for part in (self.title, self.summary, self.linked):
            part.setContentsMargins(MEDIUM, 0, SMALL, 0)
            layout.addWidget(part)
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        return content

    def show_nothing(self) -> None:
        """Say that no note is chosen."""
        self.note_id = None
        text = "Choose one: its text, its versions and what sessions show of it stand here."
        self.page.show_empty("No note is chosen", text)

    def show_note(self, note_id: int) -> None:
        """Read a note and show it under the tab that is open."""
        self.note_id = note_id
        self._shown.clear()

        def call(memory: Memory, _job: Job) -> MemoryNoteDetail:
            return memory.memory_notes.detail(note_id)

        self._read.ask(call, self._show, self._on_failed)

    def _show(self, detail: MemoryNoteDetail) -> None:
        note = detail.note
        self.title.setText(one_line(note.called, 200))
        self.summary.setText(summary(note))
        self.linked.show_facts(self._links(detail))
        self.text.show_markdown(detail.text)
        self._shown[TEXT] = note.id
        self.page.show_content()
        self._on_tab()

    def _on_tab(self) -> None:
        tab = self.tabs.currentIndex()
        self._stack.setCurrentIndex(tab)
        if self.note_id is None or self._shown.get(tab) == self.note_id:
            return
        self._shown[tab] = self.note_id
        if tab == EVIDENCE:
            self.evidence.show_note(self.note_id)
        elif tab == VERSIONS:
            self.versions.show_note(self.note_id)

    def _links(self, detail: MemoryNoteDetail) -> list[Fact]:
        facts = []
        for session in detail.sessions[:_MOST_LINKS]:
            held = session.episode_id
            go = None if held is None else partial(self.opened.emit, held, 0)
            name = one_line(session.title, 120) if held is not None else ""
            facts.append(Fact("From", name or f"{session.key}, not in this store", go=go))
        for link in detail.links[:_MOST_LINKS]:
            go = None if link.note_id is None else partial(self.chosen.emit, link.note_id)
            there = one_line(link.target, 120)
            facts.append(
                Fact("Links to", there if go else f"{there}, no note of this store", go=go)
            )
        return facts

    def _on_failed(self, error: Exception) -> None:
        note_id = self.note_id
        if note_id is not None:
            self.page.show_error(
                "The note could not be read", error, lambda: self.show_note(note_id)
            )
