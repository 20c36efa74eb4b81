"""The saved states of an episode along its steps, hidden where it has none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.episodes.states.state_card import StateCard
from app.episodes.states.state_track import StateTrack
from app.kit.formatting import counted
from app.kit.icons import Icon, icon
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from hpm_engine import Changed, Checkpoint, Job, Memory

_HIDE = "Hide the state"


class StateStrip(QWidget):
    """A track with the states, and below it the one that is chosen.

    ``step_asked`` wants to go to a step, ``left`` to leave for the conversation.
    """

    step_asked = Signal(int)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Saved states")
        self._session = session
        self._read = LatestRead(session, self)
        self._episode: int | None = None
        self._steps = 0
        self.states: list[Checkpoint] = []
        self.count = SafeLabel(tone=Colour.MUTED, whole=True)
        self.track = StateTrack()
        self.close_card = QToolButton()
        self.close_card.setAutoRaise(True)
        self.close_card.setIcon(icon(Icon.CLOSE))
        self.close_card.setAccessibleName(_HIDE)
        self.close_card.setToolTip(tip(_HIDE))
        self.card = StateCard(session)
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        row.addWidget(self.count)
        row.addWidget(self.track, 1)
        row.addWidget(self.close_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, HAIR, SMALL, HAIR)
        column.setSpacing(HAIR)
        column.addLayout(row)
        column.addWidget(self.card)
        self.track.chosen.connect(self._on_chosen)
        self.track.opened.connect(self.card.compare.setFocus)
        self.track.left.connect(self._on_left)
        self.close_card.clicked.connect(self._close)
        self.card.step_asked.connect(self._on_step_asked)
        self.card.state_asked.connect(self._on_state_asked)
        session.changed.connect(self._on_changed)
        self._close()
        self.hide()

    def show_episode(self, episode_id: int | None, steps: int = 0) -> None:
        """Show the states of an episode of so many steps."""
        if episode_id != self._episode:
            self._close()
            self._show([])
        self._episode, self._steps = episode_id, steps
        self._ask()

    def show_current(self, seq: int) -> None:
        """Mark the step that is read."""
        self.track.show_current(seq)

    def _on_changed(self, changed: Changed) -> None:
        if changed & Changed.CHECKPOINTS:
            self._ask()

    def _ask(self) -> None:
        episode_id = self._episode
        if episode_id is None:
            self._read.cancel()
            return

        def call(memory: Memory, _job: Job) -> list[Checkpoint]:
            return memory.checkpoints.of_episode(episode_id)

        self._read.ask(call, self._show, lambda error: self._show([]))

    def _show(self, states: list[Checkpoint]) -> None:
        self.states = states
        self.count.setText(counted(len(states), "saved state"))
        self._choose(self.card.state)
        self.setVisible(bool(states))

    def _choose(self, state: Checkpoint | None) -> None:
        """Show a state of these, as it is now; nothing where it is not among them."""
        ids = [each.id for each in self.states]
        index = ids.index(state.id) if state is not None and state.id in ids else None
        self.track.show_states(self.states, self._steps, index)
        if index is None:
            self._close()
        else:
            self._on_chosen(index)

    def _on_chosen(self, index: int) -> None:
        self.card.show_state(self.states[index], self.states)
        self.card.show()
        self.close_card.show()

    def _close(self) -> None:
        had_keys = self.card.isAncestorOf(self.focusWidget() or self)
        self.card.show_state(None)
        self.card.hide()
        self.close_card.hide()
        self.track.show_states(self.states, self._steps, None)
        if had_keys:
            self.track.setFocus()

    def _on_left(self) -> None:
        if self.card.isHidden():
            self.left.emit()
        else:
            self._close()

    def _on_step_asked(self, state: Checkpoint) -> None:
        if state.episode_id == self._episode and self._steps:
            self.step_asked.emit(min(state.step or 0, self._steps - 1))

    def _on_state_asked(self, state: Checkpoint) -> None:
        """Show a state of this episode; of another one that is as much as is told of it."""
        if state.episode_id == self._episode:
            self._choose(state)
        else:
            self.card.show_state(state, self.states)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes from the state to the track, and from there to the conversation."""
        if event.key() == Qt.Key.Key_Escape:
            self._on_left()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet surface that is no part of the conversation."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.RAISED.qcolor())
        painter.fillRect(0, 0, HAIR, self.height(), Colour.LEARNED.qcolor())
