"""The line above the history: how far a cycle is, what a preview says, why nothing can be done."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.consolidating import ACCEPT, PREVIEW, TITLE, UNDO
from app.engine_thread import Task
from app.session import Session
from app.widgets.job_chip import SHOWN_AFTER_MS
from app.widgets.notice_line import NoticeLine
from hpm_engine import Progress

_DOING = {
    TITLE: "Consolidating",
    PREVIEW: "Previewing a cycle",
    ACCEPT: "Accepting the preview",
    UNDO: "Undoing",
}


class CycleNotice(NoticeLine):
    """Follows whatever cycle is under way, whoever began it; ``busy`` while there is one.

    ``progressed`` passes on what it reports; ``ended`` says that it is over, and
    ``stopped`` before that it came to nothing.
    """

    ended = Signal()
    stopped = Signal()
    progressed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Consolidation", parent)
        self.task: Task | None = None
        self._late = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._late.timeout.connect(lambda: self._on_progress(None))
        session.job_started.connect(self._on_job)

    @property
    def busy(self) -> bool:
        """Whether a cycle, a preview or an undoing is under way."""
        return self.task is not None

    def _on_job(self, task: Task) -> None:
        if task.title not in _DOING:
            return
        self.task = task
        self.hide()
        task.progressed.connect(self._on_progress)
        task.progressed.connect(self.progressed)
        task.cancelled.connect(self.stopped)
        task.failed.connect(lambda _: self.stopped.emit())
        task.finished.connect(lambda: self._on_finished(task))
        self._late.start()

    def _on_progress(self, progress: Progress | None) -> None:
        if self.task is not None and not self._late.isActive():
            self.show_progress(_DOING[self.task.title], progress, self.task.cancel)

    def _on_finished(self, task: Task) -> None:
        if self.task is task:
            self._late.stop()
            self.task = None
            self.ended.emit()
            if self.bar.isVisibleTo(self):
                self.hide()
