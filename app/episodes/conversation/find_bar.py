"""A line above a conversation that finds words in all its texts, in whatever case."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from app.kit.formatting import counted, number
from app.kit.icons import Icon, icon
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from hpm_engine import Job, Memory

_PAUSE_MS = 160  # after the last key, before the texts are searched


class FindBar(QWidget):
    """Asks the engine for the steps that hold what is typed.

    ``hits_changed`` gives their numbers and the search that found them, ``moved`` whether the
    next of them is wanted or the one before, ``closed`` that nothing is searched for any more.
    """

    hits_changed = Signal(object, str)
    moved = Signal(bool)
    closed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self)
        self._episode: int | None = None
        self._hits: list[int] = []
        self.line = _FindField()
        self.line.setPlaceholderText("Find in this conversation…")
        self.line.setAccessibleName("Find in this conversation")
        self.line.setClearButtonEnabled(True)
        self._count = SafeLabel(tone=Colour.MUTED)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._arrange()
        self._connect()
        self.hide()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MEDIUM, HAIR, SMALL, HAIR)
        row.setSpacing(SMALL)
        row.addWidget(self.line, 1)
        row.addWidget(self._count)
        for picture, hint, run in (
            (Icon.PREVIOUS_HIT, "The hit before (Shift+Enter)", lambda: self.moved.emit(False)),
            (Icon.NEXT_HIT, "The next hit (Enter)", lambda: self.moved.emit(True)),
            (Icon.CLOSE, "Stop finding (Esc)", self.close_search),
        ):
            button = QToolButton()
            button.setIcon(icon(picture))
            button.setAutoRaise(True)
            button.setToolTip(tip(hint))
            button.setAccessibleName(hint)
            button.clicked.connect(run)
            row.addWidget(button)

    def _connect(self) -> None:
        self._pause.timeout.connect(self.search)
        self.line.textChanged.connect(self._pause.start)
        self.line.asked.connect(self._on_asked)
        self.line.left.connect(self.close_search)

    # -- finding ---------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether something is searched for."""
        return not self.isHidden() and bool(self.line.text())

    def open_search(self) -> None:
        """Show the line, ready to be typed in."""
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()
        if self.line.text():
            self.search()

    def close_search(self) -> None:
        """Hide the line; what it marked is marked no more."""
        self._pause.stop()
        self._read.cancel()
        self.hide()
        self.closed.emit()

    def show_episode(self, episode_id: int | None) -> None:
        """Find in another episode, or in the same one, which has grown."""
        self._episode = episode_id
        if self.active:
            self.search()

    def search(self) -> None:
        """Ask for the steps that hold what is typed."""
        self._pause.stop()
        text, episode_id = self.line.text(), self._episode
        if not text or episode_id is None:
            self._read.cancel()
            self._count.setText("")
            self._on_hits("", [])
            return
        query = as_query(text)

        def call(memory: Memory, job: Job) -> list[int]:
            return memory.steps.matching(episode_id, query, job)

        self._read.ask(call, lambda hits: self._on_hits(query, hits), self._on_failed)

    def _on_hits(self, query: str, hits: list[int]) -> None:
        self._hits = hits
        if query:
            self._count.setText(counted(len(hits), "step") if hits else "nothing found")
        self.hits_changed.emit(hits, query)

    def _on_failed(self, error: Exception) -> None:
        self._count.setText(f"not found: {error}")

    def _on_asked(self, forward: bool) -> None:
        if self._pause.isActive():
            self.search()
        else:
            self.moved.emit(forward)

    def show_current(self, seq: int) -> None:
        """Say which of the hits the reader is at."""
        if self.active and self._hits and seq in self._hits:
            position = self._hits.index(seq) + 1
            self._count.setText(f"{number(position)} of {counted(len(self._hits), 'step')}")

    def says(self) -> str:
        """How often what is typed was found, in words."""
        return self._count.whole_text()


class _FindField(QLineEdit):
    """A line whose Enter goes on and whose Escape leaves."""

    asked = Signal(bool)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape are the finder's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def as_query(text: str) -> str:
    """The search for a text as it stands, in whatever case."""
    literal = re.escape(text).replace('"', '\\"')
    return f're:"(?i){literal}"'
