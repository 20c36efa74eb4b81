"""The line of ageing: its settings, what is due now, and how far a run is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.ageing.jobs import age, due_in_words, in_words
from app.kit.controls.notice_line import NoticeLine
from app.kit.engine_thread import Task
from app.kit.job_kind import JobKind
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from hpm_engine import AgeingOutlook, Changed, Job, Memory, Progress

_SHOWN = Changed.EPISODES | Changed.SETTINGS | Changed.MARKS


class AgeingLine(QWidget):
    """The settings of ageing in a line, with their buttons.

    ``change_asked`` carries the outlook whose settings are to be changed.
    """

    change_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._read = LatestRead(session, self, whole_store=True)
        self.outlook: AgeingOutlook | None = None
        self._task: Task | None = None
        self._asked = False  # whether a person asked for the settings before they were read
        self.settings, self.due = SafeLabel(), SafeLabel(tone=Colour.MUTED)
        self.now = QPushButton("Compress old now")
        self.now.setToolTip(tip("Compress what is due and restore what is in use, as set here"))
        self.change = QPushButton("Change…")
        self.change.setAccessibleName("Change the automatic compression")
        self.running = NoticeLine("Automatic compression")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(10)
        row.addWidget(SafeLabel("Automatic compression", tone=Colour.MUTED))
        row.addWidget(self.settings, 3)
        row.addWidget(self.due, 2)
        row.addWidget(self.running, 3)
        row.addWidget(self.now)
        row.addWidget(self.change)
        self.now.clicked.connect(lambda: age(self._session))
        self.change.clicked.connect(self.ask_to_change)
        session.job_started.connect(self._on_job)
        self._offer()
        self.reload()

    def refresh(self, changed: Changed) -> None:
        """Read again what is due, after a change that touches it."""
        if changed & _SHOWN:
            self.reload()

    def reload(self) -> None:
        """Read what is due."""

        def call(memory: Memory, _job: Job) -> AgeingOutlook:
            return memory.compression.ageing.outlook()

        self._read.ask(call, self._on_outlook, self._on_failed)

    def ask_to_change(self) -> None:
        """Ask for the settings to be changed, as soon as they are known."""
        self._asked = self.outlook is None
        if self.outlook is not None and self._session.writable:
            self.change_asked.emit(self.outlook)

    def _on_outlook(self, outlook: AgeingOutlook) -> None:
        self.outlook = outlook
        self.settings.setText(in_words(outlook.settings))
        by_itself = ", by itself too" if outlook.by_itself else ", when asked"
        due = due_in_words(outlook)
        self.due.setText(f"▤ {due}{by_itself}" if due else f"Nothing is due{by_itself}")
        self._offer()
        if self._asked:
            self.ask_to_change()

    def _on_failed(self, error: Exception) -> None:
        """Show the error beside the button that changes the settings."""
        self.settings.setText(f"✗ {error}")
        self.due.setText("")

    def _offer(self) -> None:
        """Enable only what can be done now."""
        busy, known = self._task is not None, self.outlook is not None
        writable = self._session.writable
        due = self.outlook is not None and not self.outlook.idle
        self.now.setEnabled(due and writable and not busy)
        self.change.setEnabled(known and writable)
        self.running.setVisible(busy)
        self.due.setVisible(not busy)

    def _on_job(self, task: Task) -> None:
        if task.kind is not JobKind.AGE:
            return
        self._task = task
        task.progressed.connect(self._on_progress)
        task.finished.connect(self._on_finished)
        self._on_progress(None)
        self._offer()

    def _on_progress(self, progress: Progress | None) -> None:
        if self._task is not None:
            self.running.show_progress("Compressing old episodes", progress, self._task.cancel)

    def _on_finished(self) -> None:
        self._task = None
        self._offer()
        self.reload()
