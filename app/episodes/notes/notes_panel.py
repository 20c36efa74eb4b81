"""The notes of an episode above its conversation, and the field in which one is written."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.episodes.notes.note_editor import NoteEditor
from app.episodes.notes.note_row import NoteRow
from app.kit.formatting import number
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from hpm_engine import Changed, Edit, Job, Memory, Note

_ROOM = 0.3  # of the pane's height, at most


class NotesPanel(QWidget):
    """Notes, hidden where there are none and none is written.

    ``edit_wanted`` asks for a change of notes, ``noted`` tells which steps have some.
    """

    edit_wanted = Signal(object, str)
    noted = Signal(object)
    step_asked = Signal(int)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Notes")
        self._read = LatestRead(session, self)
        self._episode: int | None = None
        self._on: int | None = None  # the step of the note that is written
        self._changing: Note | None = None
        self.rows: list[NoteRow] = []
        self.editor = NoteEditor()
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SMALL)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setAccessibleName("Notes on this episode")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setWidget(self._list)
        self._list.setAutoFillBackground(False)  # which setWidget sets
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        column.setSpacing(SMALL)
        column.addWidget(self._area)
        column.addWidget(self.editor)
        self.editor.saved.connect(self._on_saved)
        self.editor.left.connect(self.leave)
        session.changed.connect(self._on_changed)
        self.hide()

    def show_episode(self, episode_id: int | None) -> None:
        """Show the notes of an episode; what was being written on another is left."""
        if episode_id != self._episode:
            self._episode = episode_id
            self.editor.hide()
            self._show(())
        self._ask()

    def write(self, seq: int | None) -> None:
        """Let a note be written on the step at a position, or on the episode."""
        self._on, self._changing = seq, None
        about = "On the whole episode" if seq is None else f"On step {number(seq + 1)}"
        self.show()
        self.editor.begin(about)

    def leave(self) -> None:
        """Write nothing."""
        self.editor.hide()
        self.setVisible(bool(self.rows))
        self.left.emit()

    def _change(self, note: Note) -> None:
        self._changing = note
        self.editor.begin("Changes the note", note.text)

    def _on_saved(self, text: str) -> None:
        episode_id, changing = self._episode, self._changing
        if episode_id is None:
            return
        if changing is None:
            on = "an episode" if self._on is None else "a step"
            self.edit_wanted.emit(partial(_add, episode_id, text, self._on), f"Note on {on}")
        else:
            self.edit_wanted.emit(partial(_change, changing.id, text), "Change a note")
        self.leave()

    def _delete(self, note: Note) -> None:
        self.edit_wanted.emit(partial(_delete, note.id), "Delete a note")

    def _on_changed(self, changed: Changed) -> None:
        if changed & (Changed.MARKS | Changed.EPISODES):
            self._ask()

    def _ask(self) -> None:
        episode_id = self._episode
        if episode_id is None:
            self._read.cancel()
            return

        def call(memory: Memory, _job: Job) -> tuple[Note, ...]:
            return memory.notes.of(episode_id)

        self._read.ask(call, self._show, lambda error: self._show(()))

    def _show(self, notes: tuple[Note, ...]) -> None:
        if notes == tuple(row.note for row in self.rows):
            self._fit()
            return
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [NoteRow(note) for note in notes]
        for row in self.rows:
            row.step_asked.connect(self.step_asked)
            row.change_asked.connect(self._change)
            row.delete_asked.connect(self._delete)
            self._column.addWidget(row)
        self.noted.emit(frozenset(note.seq for note in notes if note.seq is not None))
        self.setVisible(bool(notes) or not self.editor.isHidden())
        self._fit()

    def _fit(self) -> None:
        """As high as the notes are, up to a part of the pane."""
        self._area.setVisible(bool(self.rows))
        width = max(1, self.width() - MEDIUM - SMALL)
        wanted = self._column.heightForWidth(width)
        if wanted < 0:  # no text in it that breaks
            wanted = self._column.sizeHint().height()
        parent = self.parentWidget()
        most = int((parent.height() if parent is not None else 600) * _ROOM)
        self._area.setFixedHeight(max(self.fontMetrics().height() * 2, min(wanted + HAIR, most)))

    def resizeEvent(self, event: object) -> None:
        """Lay out for the new width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet surface that is no part of the conversation."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.RAISED.qcolor())
        painter.fillRect(0, 0, HAIR, self.height(), Colour.ACCENT.qcolor())


def _add(episode_id: int, text: str, seq: int | None, memory: Memory, _job: Job) -> Edit:
    return memory.notes.add(episode_id, text, seq)


def _change(note_id: int, text: str, memory: Memory, _job: Job) -> Edit:
    return memory.notes.change(note_id, text)


def _delete(note_id: int, memory: Memory, _job: Job) -> Edit:
    return memory.notes.delete(note_id)
