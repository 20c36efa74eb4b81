"""The line that says how many episodes recall cannot find yet, and indexes them."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.engine_thread import Task
from app.formatting import counted
from app.indexing import TITLE, index
from app.models.latest_read import LatestRead
from app.session import Session
from app.theme import Colour
from app.widgets.job_chip import SHOWN_AFTER_MS
from app.widgets.notice_line import NoticeLine
from hpm_engine import Changed, Job, Memory, Progress


class IndexNotice(NoticeLine):
    """Follows the indexing, whoever began it. ``counted`` tells how many episodes wait.

    ``caught_up`` says that some waited and none does any more.
    """

    counted = Signal(int)
    caught_up = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Index for recall", parent)
        self._session = session
        self._count = LatestRead(session, self, whole_store=True)
        self._task: Task | None = None
        self.waiting: int | None = None  # None until counted
        self._late = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._late.timeout.connect(lambda: self._on_progress(None))
        session.job_started.connect(self._on_job)
        self.recount()

    def begin(self) -> None:
        """Index what is missing, unless that is under way."""
        if self._task is None:
            index(self._session)

    def refresh(self, changed: Changed) -> None:
        """Count again what episodes there are or have been indexed."""
        if changed & (Changed.EPISODES | Changed.RECALLS):
            self.recount()

    def recount(self) -> None:
        """Ask how many episodes wait."""

        def call(memory: Memory, _job: Job) -> int:
            return memory.unprepared()

        self._count.ask(call, self._on_count, lambda error: None)

    def _on_count(self, waiting: int) -> None:
        before, self.waiting = self.waiting, waiting
        self.counted.emit(waiting)
        if before and not waiting:
            self.caught_up.emit()
        if self._task is None:
            self._tell()

    def _tell(self) -> None:
        if not self.waiting:
            self.hide()
            return
        text = f"{counted(self.waiting, 'episode')} not indexed for recall yet: "
        text += "it is" if self.waiting == 1 else "they are"
        text += " found by meaning alone, if encoded, and not by words."
        self.say(text, "Index now", self.begin, Colour.WARN)

    def _on_job(self, task: Task) -> None:
        if task.title != TITLE:
            return
        self._task = task
        task.progressed.connect(self._on_progress)
        task.finished.connect(self._on_finished)
        self._late.start()

    def _on_progress(self, progress: Progress | None) -> None:
        if self._task is not None and not self._late.isActive():
            self.show_progress("Indexing for recall", progress, self._task.cancel)

    def _on_finished(self) -> None:
        self._late.stop()
        self._task = None
        self.hide()
        self.recount()
