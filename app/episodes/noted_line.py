"""The line above the list that says how many notes hold the words of the search."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kit.controls.fact_list import LinkLabel
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import Changed, EpisodeQuery, Job, Memory, NoteCount


class NotedLine(QWidget):
    """How many notes a search finds beside its episodes; hidden while there are none.

    ``chosen`` carries the search as the Notes view takes it. Rows and their figures come first: the
    count is read once they are there. Between two searches nothing is said, and the place stays.
    """

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self, whole_store=True)
        self._query = EpisodeQuery()
        self.count: NoteCount | None = None
        self.link = LinkLabel("", self.open)
        self.link.setAccessibleDescription("Show these notes in the Notes view")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 4)
        row.addWidget(self.link)
        self.hide()

    def open(self) -> None:
        """Ask for the notes that are counted; nothing where none is."""
        if self.count is not None:
            self.chosen.emit(self.count.search)

    def clear(self) -> None:
        """Say nothing more of the last search: another is being answered."""
        self._read.cancel()
        self.count = None
        self.link.setText("")
        self.link.setEnabled(False)

    def ask(self, query: EpisodeQuery) -> None:
        """Count the notes that a search finds."""
        self._query = query
        if not query.text:
            self._show(None)
            return

        def call(memory: Memory, _job: Job) -> NoteCount | None:
            return memory.memory_notes.count_for(query)

        # A search that cannot be read is told of by the search box.
        self._read.ask(call, self._show, lambda _: self._show(None))

    def refresh(self, changed: Changed) -> None:
        """Count again where notes changed."""
        if changed & Changed.NOTES:
            self.ask(self._query)

    def _show(self, count: NoteCount | None) -> None:
        if count is None or not count.notes:
            self.clear()
            self.hide()
            return
        self.count = count
        self.link.setText(count.sentence)
        self.link.set_tip(f"{count.sentence}: show them.")
        self.link.setEnabled(True)
        self.show()
