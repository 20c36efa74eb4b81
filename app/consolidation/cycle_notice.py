"""The line above the history: how far a cycle is, what a preview says, what hinders one."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.kit.controls.job_chip import SHOWN_AFTER_MS
from app.kit.controls.notice_line import NoticeLine
from app.kit.engine_thread import Task
from app.kit.job_kind import JobKind
from app.kit.session import Session
from hpm_engine import Progress

_LINGER_MS = 1_500
_DOING = {
    JobKind.CYCLE: "Consolidating",
    JobKind.PREVIEW_CYCLE: "Previewing a cycle",
    JobKind.ACCEPT_PREVIEW: "Accepting the preview",
    JobKind.UNDO_CYCLES: "Undoing",
}


class CycleNotice(NoticeLine):
    """The notice of the cycle under way, whoever began it; ``busy`` while there is one.

    ``begun`` says that one is, ``progressed`` passes on what it reports; ``ended`` says that it is
    over, and ``stopped`` before that it came to nothing. It stays for a moment: the next cycle of a
    run follows. ``appeared`` says whether it is to be seen.
    """

    ended = Signal()
    stopped = Signal()
    progressed = Signal(object)
    begun = Signal()
    appeared = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Consolidation", parent)
        self.task: Task | None = None
        if (row := self.layout()) is not None:
            row.setContentsMargins(10, 0, 0, 0)  # it stands in a row with buttons
        self._linger = QTimer(self, singleShot=True, interval=_LINGER_MS)
        self._linger.timeout.connect(self.hide)
        self._late = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._late.timeout.connect(lambda: self._on_progress(None))
        session.job_started.connect(self._on_job)

    @property
    def busy(self) -> bool:
        """Whether a cycle, a preview or an undoing is under way."""
        return self.task is not None

    def _on_job(self, task: Task) -> None:
        if task.kind not in _DOING:
            return
        self.task = task
        self._linger.stop()
        self.begun.emit()
        task.progressed.connect(self._on_progress)
        task.progressed.connect(self.progressed)
        task.cancelled.connect(self.stopped)
        task.failed.connect(lambda _: self.stopped.emit())
        task.finished.connect(lambda: self._on_finished(task))
        self._late.start()

    def _on_progress(self, progress: Progress | None) -> None:
        if self.task is not None and not self._late.isActive():
            self.show_progress(_DOING[self.task.kind], progress, self.task.cancel)

    def _on_finished(self, task: Task) -> None:
        if self.task is task:
            self._late.stop()
            self.task = None
            self.ended.emit()
            self._linger.start()

    def setVisible(self, visible: bool) -> None:
        """Show or hide the notice, and emit ``appeared``."""
        super().setVisible(visible)
        self.appeared.emit(visible)
