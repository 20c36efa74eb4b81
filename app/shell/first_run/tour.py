"""Five tips for the first minutes, one at a time above the views they speak of."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from app.kit.view_names import ViewName


@dataclass(frozen=True, slots=True)
class Tip:
    """A tip, and the view that it is about."""

    view: ViewName
    title: str
    text: str


TIPS = (
    Tip(
        ViewName.EPISODES,
        "Read what an agent did",
        "Each row is one session. Choose one and read it beside the list; Enter opens it at full "
        "width, J and K go from step to step.",
    ),
    Tip(
        ViewName.EPISODES,
        "Find it again",
        "The box at the top searches every step of every session: type a few words, or filters "
        "like outcome:failure. It completes what you type and counts what it finds.",
    ),
    Tip(
        ViewName.RECALL,
        "Ask what an agent would be given",
        "Type a task, and see which earlier sessions an agent would be told of, why, and the exact "
        "text that it would get.",
    ),
    Tip(
        ViewName.MASKS,
        "See what compression keeps",
        "Older sessions can be kept at a twelfth of their size. This view shows which lines stay "
        "and which are dropped, before anything is changed. It can be taken back.",
    ),
    Tip(
        ViewName.CONSOLIDATION,
        "Let it learn",
        "What many sessions have in common becomes topics, which Prototypes shows on a map. A run "
        "that would forget too much is blocked, and every run can be undone.",
    ),
)


class Tour(QFrame):
    """A bar with the current tip; ``view_asked`` names the view that it is about.

    ``ended`` says that the person went through it or closed it.
    """

    view_asked = Signal(object)
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Tour")
        self._position = 0
        self._count = SafeLabel(tone=Colour.MUTED, role=TextRole.CAPTION)
        self._title = SafeLabel(role=TextRole.HEADING, wrap=True)
        self._text = SafeLabel(wrap=True)
        self.previous = QPushButton("Back")
        self.next = QPushButton("Next")
        self.close_button = QPushButton("Close the tour")
        self.previous.clicked.connect(lambda: self._go(-1))
        self.next.clicked.connect(lambda: self._go(1))
        self.close_button.clicked.connect(self.end)
        words = QVBoxLayout()
        words.setSpacing(HAIR)
        for label in (self._count, self._title, self._text):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(MEDIUM + HAIR, SMALL, MEDIUM, SMALL)
        row.setSpacing(SMALL)
        row.addLayout(words, 1)
        for button in (self.previous, self.next, self.close_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    @property
    def tip(self) -> Tip:
        """The tip that is told, or would be."""
        return TIPS[self._position]

    def begin(self) -> None:
        """Tell the first tip."""
        self._position = 0
        self._tell()
        self.show()
        self.next.setFocus()

    def end(self) -> None:
        """Close the tour, for good unless it is asked for."""
        self.hide()
        self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised surface with a stripe."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.RAISED.qcolor())
        painter.fillRect(0, 0, HAIR, self.height(), Colour.ACCENT.qcolor())

    def _go(self, by: int) -> None:
        if self._position + by >= len(TIPS):
            self.end()
            return
        self._position = max(0, self._position + by)
        self._tell()

    def _tell(self) -> None:
        tip = self.tip
        self._count.setText(f"Tip {self._position + 1} of {len(TIPS)}")
        self._title.setText(tip.title)
        self._text.setText(tip.text)
        self.previous.setEnabled(self._position > 0)
        self.next.setText("Done" if self._position == len(TIPS) - 1 else "Next")
        self.view_asked.emit(tip.view)
