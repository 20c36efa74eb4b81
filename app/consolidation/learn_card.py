"""What is not yet learned, in a sentence, and the buttons that learn it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.consolidation.cycle_notice import CycleNotice
from app.consolidation.tier_standing import NO_VECTORS, TierStanding
from app.kit.formatting import duration, number
from app.kit.icons import Icon, icon
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole

_PROMISE = (
    "Learning makes topics of what many episodes say. Each run is checked, and can be undone."
)


class LearnCard(QFrame):
    """The head of the page; room for the progress is kept below the sentence at all times.

    ``waiting_known`` says that it is known what waits, and the buttons stand as that asks.
    """

    prepare_asked, waiting_known = Signal(), Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName("What is not yet learned")
        self.notice = CycleNotice(session)
        self.sentence = SafeLabel(role=TextRole.HEADING, wrap=True)
        self.below = SafeLabel(_PROMISE, tone=Colour.MUTED)
        self.prepare = QPushButton("Prepare for recall")
        self.all = QPushButton(icon(Icon.CONSOLIDATION), "Learn all")
        self.some = QPushButton("Try first")
        self.preview = QPushButton("Preview")
        self.undo = QPushButton("Undo…")
        self._room = QWidget()
        self._arrange()
        self.prepare.clicked.connect(self.prepare_asked)
        self.notice.appeared.connect(self._on_appeared)

    def _arrange(self) -> None:
        self.prepare.setToolTip(tip("Makes the store findable by meaning; learning begins there."))
        self.all.setToolTip(tip("Learn all that waits, in one run that is undone as a whole."))
        self.some.setToolTip(tip("Learn some of it, to see what comes of it."))
        self.preview.setToolTip(tip("See what that would learn and forget; nothing is written."))
        self.undo.setToolTip(tip("Go back to before one of the last runs, byte for byte."))
        room = QVBoxLayout(self._room)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.below)
        room.addWidget(self.notice)
        self._keep_room()
        words = QVBoxLayout()
        words.setSpacing(HAIR)
        words.addWidget(self.sentence)
        words.addWidget(self._room)
        row = QHBoxLayout(self)
        row.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        row.setSpacing(SMALL)
        row.addLayout(words, 1)
        for button in (self.prepare, self.all, self.some, self.preview, self.undo):
            row.addWidget(button)

    def show_standing(self, standing: TierStanding | None, memories: int) -> None:
        """Say what waits; ``memories`` is how many are tried first."""
        self.sentence.setText("" if standing is None else standing.sentence())
        self.below.setText(_PROMISE)
        unprepared = standing is not None and standing.hindrance == NO_VECTORS
        waiting = 0 if standing is None else standing.waiting or 0
        idle, writable = not self.notice.busy, self._session.writable
        for button in (self.all, self.some, self.preview, self.undo):
            button.setVisible(not unprepared)
        self.prepare.setVisible(unprepared)
        self.prepare.setEnabled(writable)
        self.all.setEnabled(idle and writable and waiting > 0)
        self.some.setEnabled(idle and writable and waiting > 0)
        self.preview.setEnabled(idle and waiting > 0)
        undoable = standing is not None and standing.undoable > 0
        self.undo.setEnabled(idle and writable and undoable)
        if standing is None:
            return
        seconds = standing.estimate(waiting)
        self.all.setText(f"Learn all ≈ {_about(seconds)}" if waiting else "Learn all")
        self.some.setText(f"Try {number(min(memories, waiting) or memories)} first")
        if standing.waiting == 0:
            self.below.setText(standing.holding() or "Import sessions to have some.")
        self.waiting_known.emit()

    def say(self, text: str) -> None:
        """Say something in place of what the buttons promise."""
        self.below.setText(text)

    def _on_appeared(self, there: bool) -> None:
        self.below.setVisible(not there)

    def _keep_room(self) -> None:
        """Hold the height of what is shown while learning, lest the page jump when it comes."""
        self._room.setFixedHeight(self.notice.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._keep_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a surface with a line below it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.SURFACE.qcolor())
        painter.fillRect(0, self.height() - 1, self.width(), 1, Colour.LINE.qcolor())


def _about(seconds: float) -> str:
    """A duration as roughly as an estimate is."""
    if seconds < 90:
        return f"{max(1, round(seconds, -1) if seconds > 20 else round(seconds)):.0f} s"
    return duration(round(seconds / 60) * 60_000_000)
