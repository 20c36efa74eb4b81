"""The lines that say what searches and recall do not find yet, and index it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.kit.controls.job_chip import SHOWN_AFTER_MS
from app.kit.controls.notice_line import NoticeLine
from app.kit.engine_thread import Task
from app.kit.formatting import counted
from app.kit.index_job import SEARCH_TITLE, TITLE, index, index_again
from app.kit.job_kind import JobKind
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from app.kit.theme.colour import Colour
from hpm_engine import Changed, Job, Memory, Progress


class IndexNotice(NoticeLine):
    """A notice of what waits to be indexed, whoever indexes; ``counted`` tells how much.

    ``caught_up`` says that some waited and none does any more. Nothing begins unasked: indexing
    writes to the store.
    """

    counted = Signal(int)
    caught_up = Signal()
    _TITLE: str  # of the job that is begun here
    _BUTTON: str  # which begins it
    _DOING: str  # what is said while it runs
    _UNCOUNTED: str  # what waits
    _KINDS: frozenset[JobKind]  # the jobs that index it

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(self._TITLE, parent)
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
            self._index()

    def _index(self) -> None:
        raise NotImplementedError

    def _read(self, memory: Memory) -> int:
        raise NotImplementedError

    def _sentence(self, waiting: int) -> str:
        raise NotImplementedError

    def refresh(self, changed: Changed) -> None:
        """Count again what there is and what has been indexed."""
        if changed & (Changed.EPISODES | Changed.RECALLS):
            self.recount()

    def recount(self) -> None:
        """Ask how much waits."""

        def call(memory: Memory, _job: Job) -> int:
            return self._read(memory)

        self._count.ask(call, self._on_count, self._on_uncounted)

    def _on_uncounted(self, error: Exception) -> None:
        if self._task is None:
            text = f"✗ {self._UNCOUNTED} could not be counted: {error}"
            self.say(text, "Try again", self.recount, Colour.BAD)

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
        text, button = self._sentence(self.waiting), self._BUTTON
        if not self._session.writable:
            text, button = f"{text} This store cannot be written, so that stays as it is.", ""
        self.say(text, button, self.begin, Colour.WARN)

    def _on_job(self, task: Task) -> None:
        if task.kind not in self._KINDS:
            return
        self._task = task
        task.progressed.connect(self._on_progress)
        task.finished.connect(self._on_finished)
        self._late.start()

    def _on_progress(self, progress: Progress | None) -> None:
        if self._task is not None and not self._late.isActive():
            self.show_progress(self._DOING, progress, self._task.cancel)

    def _on_finished(self) -> None:
        self._late.stop()
        self._task = None
        self.hide()
        self.recount()


class RecallIndexNotice(IndexNotice):
    """How many episodes recall does not find by words yet."""

    _TITLE = TITLE
    _BUTTON = "Prepare now"
    _DOING = "Preparing"
    _UNCOUNTED = "Episodes that are not prepared for recall"
    _KINDS = frozenset({JobKind.INDEX})

    def _index(self) -> None:
        index(self._session)

    def _read(self, memory: Memory) -> int:
        return memory.recall.unprepared()

    def _sentence(self, waiting: int) -> str:
        they = "it is" if waiting == 1 else "they are"
        return (
            f"{counted(waiting, 'episode')} not prepared for recall yet: until then {they} found"
            " by meaning at most, not by words."
        )


class SearchIndexNotice(IndexNotice):
    """How many steps an earlier version indexed: searches find them by fewer words."""

    _TITLE = SEARCH_TITLE
    _BUTTON = "Index now"
    _DOING = "Indexing"
    _UNCOUNTED = "Steps that an earlier version indexed"
    _KINDS = frozenset({JobKind.INDEX_SEARCHES, JobKind.INDEX})  # which does this first

    def _index(self) -> None:
        index_again(self._session)

    def _read(self, memory: Memory) -> int:
        return memory.reindexing.waiting()

    def _sentence(self, waiting: int) -> str:
        return (
            f"{counted(waiting, 'step')} indexed by an earlier version: some words in"
            f" {'it' if waiting == 1 else 'them'} may not be found until that is done again."
        )
