"""What agents' memories note about a cue: a line for each note, which leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.kit.controls.fact_list import LinkLabel
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.theme.colour import Colour
from hpm_engine import Job, Memory, NoteAuthor, NoteHit

_CHARACTERS = 90  # of a line of a note


class NotedPanel(QFrame):
    """Notes that say something like a cue, hidden while there are none; ``chosen`` names one."""

    chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Notes on it")
        self._read = LatestRead(session, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 4, 8, 4)
        self._column.setSpacing(2)
        self._rows: QWidget | None = None
        self.hits: Sequence[NoteHit] = ()
        self.hide()

    def show_hits(self, hits: Sequence[NoteHit]) -> None:
        """Show the notes that a recall gives."""
        self._read.cancel()
        self._show(hits)

    def show_cue(self, cue: str) -> None:
        """Show the notes that say something like a cue; none for an empty one."""
        if not cue:
            self.show_hits(())
            return

        def call(memory: Memory, _job: Job) -> list[NoteHit]:
            return memory.memory_notes.like(cue)

        self._read.ask(call, self._show, lambda _: self._show(()))

    def _show(self, hits: Sequence[NoteHit]) -> None:
        if self._rows is not None:
            self._column.removeWidget(self._rows)
            self._rows.deleteLater()
        self.hits = tuple(hits)
        self._rows = QWidget()
        lines = QVBoxLayout(self._rows)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        if hits:
            lines.addWidget(SafeLabel("Notes on it", bold=True))
        for hit in hits:
            lines.addLayout(self._line(hit))
        self._column.addWidget(self._rows)
        self.setVisible(bool(hits))

    def _line(self, hit: NoteHit) -> QHBoxLayout:
        note = hit.note
        by = "an agent" if note.author is NoteAuthor.AGENT else "a person"
        about = LinkLabel(one_line(hit.excerpt, _CHARACTERS), partial(self.chosen.emit, note.id))
        about.set_tip(hit.excerpt)
        about.setAccessibleDescription("Show this note")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(about, 1)
        where = f"noted by {by} · {one_line(note.called, 60)}"
        line.addWidget(SafeLabel(where, tone=Colour.MUTED))
        return line
