"""The chosen sources of the open store, which the window keeps up to date by itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import nullcontext

from PySide6.QtCore import QObject, QTimer, Signal

from app.kit.engine_thread import EngineThread, Task
from app.kit.formatting import counted
from app.kit.index_job import index
from app.kit.job_kind import JobKind
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from app.syncing.words import ago, source_words, synced
from hpm_engine import Changed, Job, Memory, Plan, Syncer, SyncReport

_LOG = logging.getLogger(__name__)
_FIRST_MS = 2_000  # rows and figures are read first
_LOOK_MS = 500
_TURN_MS = 10_000  # until it is asked again whether another program has stopped
_TELL_MS = 15_000  # until "2 min ago" is said anew
_QUIET = 20  # sessions that are imported without a job to be seen
_RESTED_MS = 60_000  # without anything new, until recall learns of what came
TITLE = "Sync"

Due = Sequence[object]


class SourceKeeping(QObject):
    """Looks at the chosen sources on a thread of its own, and has the writer import what is new.

    ``news`` says that ``sentence`` may say something else; ``told`` is a line for the log.
    """

    news = Signal()
    told = Signal(str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._syncer = Syncer()
        self._disk: EngineThread | None = None
        self._read = LatestRead(session, self)
        self._plan: Plan | None = None
        self._keeps = False  # whether it is this window's turn
        self._looking = False
        self._running: Task | None = None
        self._failures: dict[str, str] = {}
        self._new = 0
        self._at = 0.0  # of the last sync that brought something
        self._timer = self._every(_LOOK_MS, self.look)
        self._turn = self._every(_TURN_MS, self.plan)
        self._tell = self._every(_TELL_MS, self.news.emit)
        self._rested = QTimer(self, singleShot=True, interval=_RESTED_MS)
        self._rested.timeout.connect(self._on_rested)
        session.changed.connect(self._on_changed)
        session.job_started.connect(self._on_job)
        QTimer.singleShot(_FIRST_MS, self, self.plan)

    def plan(self) -> None:
        """Read what the store wants to be kept up to date with, and begin or stop."""
        syncer, writable = self._syncer, self._session.writable

        def call(memory: Memory, _job: Job) -> tuple[Plan, bool]:
            plan = syncer.plan(memory)
            wanted = writable and plan.by_itself and bool(plan.sources)
            return plan, wanted and syncer.take_turn(memory)

        self._read.ask(call, self._on_plan, self._on_failed)

    def look(self) -> None:
        """Look for what is new, unless that is under way or something else is written."""
        disk = self._disk
        if disk is None or self._looking or self._running is not None or self._session.writing:
            return
        self._looking = True
        syncer = self._syncer
        task = disk.submit(lambda _, job: (syncer.look(), syncer.failures()))
        task.succeeded.connect(self._on_looked)
        task.finished.connect(self._on_look_ended)

    def sentence(self) -> str:
        """How up to date the store is; empty where no source is chosen."""
        plan = self._plan
        if plan is None or not plan.sources:
            return ""
        if not plan.by_itself:
            return "Sync only when asked"
        if not self._session.writable:
            return "Not synced: the store cannot be written"
        if not self._keeps:
            return "Synced by another program"
        parts = [f"Synced {ago(self._at)}", f"{self._new:,} new"] if self._at else []
        if self._failures:
            parts.append(f"{counted(len(self._failures), 'source')} cannot be read")
        return " · ".join(parts) or "Up to date"

    def details(self) -> str:
        """What is the matter with each source that fails; else which are followed."""
        if self._failures:
            return "\n".join(self._failures.values())
        sources = () if self._plan is None else self._plan.sources
        return "\n".join(source.path for source in sources if not source.paused)

    def close(self) -> None:
        """Stop looking, and let another program keep the store up to date."""
        for timer in (self._timer, self._turn, self._tell, self._rested):
            timer.stop()
        if self._disk is not None:
            self._disk.close()
            self._disk = None
        self._syncer.let_go()

    def _every(self, milliseconds: int, call: object) -> QTimer:
        timer = QTimer(self, interval=milliseconds)
        timer.timeout.connect(call)
        return timer

    def _on_plan(self, answer: tuple[Plan, bool]) -> None:
        self._plan, self._keeps = answer
        plan = self._plan
        if not self._keeps:
            self._timer.stop()
            waits = plan.by_itself and bool(plan.sources) and self._session.writable
            (self._turn.start if waits else self._turn.stop)()
            self._failures = {}
        else:
            self._turn.stop()
            if self._disk is None:
                self._disk = EngineThread(nullcontext, self)
            syncer = self._syncer
            self._disk.submit(lambda _, job: syncer.follow(plan))
            self._timer.start()
            self._tell.start()
        self.news.emit()

    def _on_failed(self, error: Exception) -> None:
        """Wait: the views that read the same store say what is the matter with it."""
        _LOG.info("chosen sources cannot be read", exc_info=error)
        self._turn.start()

    def _on_looked(self, answer: tuple[Due, dict[str, str]]) -> None:
        due, failures = answer
        self._show_failures({path: text for path, text in failures.items() if text})
        if due and not self._session.writing:
            self._import(due)

    def _on_look_ended(self) -> None:
        self._looking = False

    def _import(self, due: Due) -> None:
        syncer = self._syncer

        def call(memory: Memory, job: Job) -> SyncReport:
            return syncer.run(memory, due, job)  # type: ignore[arg-type]

        if len(due) <= _QUIET:
            self._running = task = self._session.write_quietly(call)
        else:
            self._running = task = self._session.write(
                call, TITLE, JobKind.SYNC, synced, piecewise=SyncReport.CHANGES
            )
        task.succeeded.connect(self._on_report)
        task.failed.connect(lambda error: self.told.emit(f"{TITLE}: failed. {error}"))
        task.finished.connect(self._on_run_ended)

    def _on_run_ended(self) -> None:
        self._running = None

    def _on_report(self, report: SyncReport) -> None:
        if report.new:
            fresh = time.time() - self._at > _RESTED_MS / 1000
            self._new = report.new if fresh else max(self._new, report.new)
            self._at = time.time()
            self._rested.start()
            parts = "; ".join(source_words(source) for source in report.sources if source.new)
            self.told.emit(f"{TITLE}: {parts}.")
        self.news.emit()

    def _show_failures(self, failures: dict[str, str]) -> None:
        if failures == self._failures:
            return
        for path, text in failures.items():
            if self._failures.get(path) != text:
                self.told.emit(f"{TITLE}: {text}")
        self._failures = failures
        self.news.emit()

    def _on_rested(self) -> None:
        """What came is to be found by recall, too, once agents rest."""
        if self._session.writing:
            self._rested.start()
        else:
            index(self._session)

    def _on_changed(self, changed: Changed) -> None:
        if changed & Changed.SETTINGS:
            self.plan()

    def _on_job(self, task: Task) -> None:
        if task.kind is JobKind.SYNC and task is not self._running:
            task.succeeded.connect(self._on_report)
            task.finished.connect(self.plan)
