"""How far learning is: a bar, the time left, and the way to stop."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.kit.controls.job_chip import SHOWN_AFTER_MS
from app.kit.controls.notice_line import NoticeLine
from app.kit.engine_thread import Task
from app.kit.formatting import duration
from app.kit.job_kind import JobKind
from app.kit.session import Session
from hpm_engine import Progress

_LINGER_MS = 1_500
_LEFT_AFTER = 1.0  # seconds from which on the pace says something
_DOING = {
    JobKind.CYCLE: "Learning",
    JobKind.PREVIEW_CYCLE: "Previewing",
    JobKind.ACCEPT_PREVIEW: "Applying the preview",
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
        self._begun_at = 0.0
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
        self.task, self._begun_at = task, time.monotonic()
        self._linger.stop()
        self.begun.emit()
        task.progressed.connect(self._on_progress)
        task.progressed.connect(self.progressed)
        task.cancelled.connect(self.stopped)
        task.failed.connect(lambda _: self.stopped.emit())
        task.finished.connect(lambda: self._on_finished(task))
        self._late.start()

    def _on_progress(self, progress: Progress | None) -> None:
        if self.task is None or self._late.isActive():
            return
        self.show_progress(_DOING[self.task.kind], progress, self.task.cancel)
        if left := self._left(progress):
            self.text.setText(f"{self.text.whole_text()}, {left}")

    def _left(self, progress: Progress | None) -> str:
        """About how long it still takes; "" while nobody can know."""
        spent = time.monotonic() - self._begun_at
        if progress is None or not progress.total or not progress.done or spent < _LEFT_AFTER:
            return ""
        left = spent * (progress.total - progress.done) / progress.done
        return f"about {duration(round(max(1.0, left)) * 1_000_000).replace('.0', '')} left"

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
