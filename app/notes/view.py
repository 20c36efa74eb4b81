"""The notes of agents' memories as a table, and the chosen one."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.kit.actions import Command
from app.kit.command_menu import Offered
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, number
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.view import View
from app.kit.view_names import ViewName
from app.notes.note_pane import NotePane
from app.notes.note_table import NoteTable
from app.notes.waiting.waiting_count import WaitingCount
from app.notes.waiting.waiting_page import WaitingPage
from hpm_engine import BadQuery, Changed, Job, Memory, MemoryNote, MemoryNoteQuery, NoteAuthor

NOTES_TAB, WAITING_TAB = range(2)
WAITING = "Waiting for you"
CAPTION = "What agents noted for later sessions, and people's instructions for agents"
_NONE = (
    "Import the folders of agents' memories, such as ~/.claude, or projects with a CLAUDE.md or "
    "an AGENTS.md."
)
_WRITERS = (
    ("Written by anybody", ()),
    ("Written by agents", (NoteAuthor.AGENT,)),
    ("Written by people", (NoteAuthor.PERSON,)),
)


class NotesView(View):
    """The view of notes: a table that can be searched, and the pane of the chosen one."""

    selects = False  # its own pane tells all that there is to tell

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self._read = LatestRead(session, self)
        self._stale = False
        self._wanted: int | None = None
        self._offered: Offered | None = None
        self.line = QLineEdit()
        self.line.setPlaceholderText("Words in notes, project:name, agent:name, after:7d…")
        self.line.setAccessibleName("Search the notes")
        self.line.setClearButtonEnabled(True)
        self.writers = QComboBox()
        self.writers.setAccessibleName("Filter by who wrote them")
        for title, authors in _WRITERS:
            self.writers.addItem(title, authors)
        self.count = SafeLabel(tone=Colour.MUTED)
        self.wrong = SafeLabel(tone=Colour.BAD, wrap=True)
        self.wrong.setContentsMargins(MEDIUM, 0, MEDIUM, SMALL)
        self.wrong.hide()
        self.model = NoteTable(session, self)
        self.table = RowView("Notes")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_table(self.model)
        self.pane = NotePane(session)
        self.page = StatePage(self._content())
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Notes, or what waits to become one")
        self.tabs.setExpanding(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.waiting = WaitingPage(session)
        self.waiting_count = WaitingCount(session, self)
        self._stack = QStackedWidget()
        for title, part in (("Notes", self._notes()), (WAITING, self.waiting)):
            self.tabs.addTab(title)
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(HAIR)
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        self.setFocusProxy(self.table)
        self._connect()
        self.reload()
        self.waiting_count.read()

    def _notes(self) -> QWidget:
        caption = SafeLabel(CAPTION, tone=Colour.MUTED, wrap=True)
        caption.setContentsMargins(MEDIUM, SMALL, MEDIUM, 0)
        notes = QWidget()
        layout = QVBoxLayout(notes)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(HAIR)
        layout.addWidget(caption)
        layout.addLayout(self._head())
        layout.addWidget(self.wrong)
        layout.addWidget(self.page, 1)
        return notes

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(MEDIUM, HAIR, SMALL, HAIR)
        head.setSpacing(SMALL)
        head.addWidget(self.line, 2)
        head.addWidget(self.writers)
        head.addWidget(self.count)
        head.addStretch(1)
        return head

    def _content(self) -> QWidget:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("notes and the chosen one")
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.pane)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 5)
        split.setSizes([520, 560])
        return split

    def _connect(self) -> None:
        self.line.textChanged.connect(lambda _: self.reload())
        self.writers.currentIndexChanged.connect(lambda _: self.reload())
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.failed.connect(self._on_failed)
        self.pane.opened.connect(self._open)
        self.pane.chosen.connect(self.select)
        self.tabs.tabBarClicked.connect(self._on_tab_clicked)
        self.tabs.currentChanged.connect(self._on_tab)
        self.waiting_count.counted.connect(self._show_waiting_count)
        self.waiting.edit_wanted.connect(self.edit_wanted)
        self.waiting.opened.connect(self._open)
        self.waiting.note_chosen.connect(self.select)

    def _on_tab(self, tab: int) -> None:
        self._stack.setCurrentIndex(tab)
        self.setFocusProxy(self.waiting if tab == WAITING_TAB else self.table)
        if tab == WAITING_TAB:
            self.waiting.reload()

    def _on_tab_clicked(self, tab: int) -> None:
        """A click leads to the list; whoever walks the tabs by keys stays there."""
        if tab == WAITING_TAB:
            self.waiting.take_keys()
        else:
            QTimer.singleShot(0, self.table, self.table.setFocus)  # it is hidden until then

    def _show_waiting_count(self, count: int) -> None:
        self.tabs.setTabText(WAITING_TAB, f"{WAITING} ({number(count)})" if count else WAITING)

    # -- the frame's calls -----------------------------------------------------------------

    def restore(self, place: Place) -> None:
        """Show the note that a place names; read again what changed meanwhile."""
        if place.note_id is not None and place.note_id != self.pane.note_id:
            self.select(place.note_id)
        elif self._stale:
            self.reload()

    def search_for(self, text: str) -> None:
        """Show what a search finds among the notes of all writers."""
        self.tabs.setCurrentIndex(NOTES_TAB)
        self.writers.setCurrentIndex(0)
        self.line.setText(text)

    def refresh(self, changed: Changed) -> None:
        """Read the notes again after an import that met some, or new sessions."""
        if changed & Changed.NOTES and self.tabs.currentIndex() == WAITING_TAB:
            self.waiting.reload()
        if changed & (Changed.NOTES | Changed.EPISODES):
            self._stale = True
            if self.isVisible():
                self.reload()

    # -- reading ---------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the notes that the search and the filter leave."""
        self._stale = False
        query = MemoryNoteQuery(text=self.line.text(), authors=self.writers.currentData())

        def call(memory: Memory, _job: Job) -> list[MemoryNote]:
            return memory.memory_notes.find(query)

        self.page.show_loading("Reading the notes…")
        self._read.ask(call, self._show, self._on_failed)

    def _show(self, notes: list[MemoryNote]) -> None:
        chosen = self.pane.note_id if self._wanted is None else self._wanted
        self._wanted = None
        self.wrong.hide()
        self.model.show_notes(notes)
        self.count.setText(counted(len(notes), "note"))
        if notes:
            self.page.show_content()
            rows = {note.id: row for row, note in enumerate(notes)}
            self.table.selectRow(rows.get(chosen, 0) if chosen is not None else 0)
            self._on_row()
        elif self.line.text() or self.writers.currentData():
            self.page.show_empty("No note matches", "Take words or the filter away.")
        else:
            self.page.show_empty("No notes yet", _NONE, "Import a folder…", self._import)

    def offer_commands(self, offered: Offered) -> None:
        """The page without notes has a button that imports."""
        self._offered = offered

    def _import(self) -> None:
        for action in self._offered((Command.IMPORT_FOLDER,)) if self._offered else ():
            if action is not None:
                action.trigger()

    def select(self, note_id: int) -> None:
        """Show a note by its number, whatever is searched for."""
        self.tabs.setCurrentIndex(NOTES_TAB)
        rows = {note.id: row for row, note in enumerate(self.model.notes)}
        if note_id in rows:
            self.table.selectRow(rows[note_id])
        else:
            self._wanted = note_id
            self.line.clear()
            self.writers.setCurrentIndex(0)
            self.reload()

    def _on_row(self) -> None:
        row = self.table.current_row()
        if row is None or row >= len(self.model.notes):
            return
        note = self.model.notes[row]
        self.pane.show_note(note.id)

    def _open(self, episode_id: int, seq: int) -> None:
        self._navigator.go(Place(ViewName.EPISODES, episode_id, seq))

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, BadQuery):
            self._show_wrong(error)
            return
        self.wrong.hide()
        self.page.show_error("The notes could not be read", error, self.reload)

    def _show_wrong(self, error: BadQuery) -> None:
        """Say what is wrong with a search, above the last notes that were found."""
        self.wrong.setText(f"{error} The list still shows the last good result.")
        self.wrong.show()
        if self.model.notes:
            self.page.show_content()
        else:
            self.page.show_empty("No note to show", "Change what is searched for.")
