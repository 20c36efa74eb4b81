"""The one place where two threads meet: calls go in, results come back as signals."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.kit.job_kind import JobKind, Sentence, done
from hpm_engine import Cancelled, HPMError, Job, Progress

_LOG = logging.getLogger(__name__)
_INTERRUPT_EVERY_MS = 50

Call = Callable[[Any, Job], Any]


class Task(QObject):
    """One call to the engine. It lives in the GUI thread, and so do all its signals.

    A job has a title, which only people read, a kind, by which it is known, and a sentence that
    it says when it has succeeded.
    """

    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    finished = Signal()

    def __init__(
        self,
        call: Call,
        thread: EngineThread,
        title: str = "",
        kind: JobKind = JobKind.OTHER,
        sentence: Sentence = done,
    ) -> None:
        super().__init__(thread)
        self.call = call
        self.title, self.kind, self.sentence = title, kind, sentence
        self._thread = thread
        self.job = Job(
            lambda progress: thread.relay_progress(self, progress), give_way=thread.serve_edits
        )

    def cancel(self) -> None:
        """Ask the call to stop at once; ``cancelled`` follows if it was in time."""
        self.job.cancel()
        self._thread.interrupt(self)


class EngineThread(QThread):
    """Owns one engine: nothing else touches it. Calls run one by one, in the order given.

    Edits are short calls: a long one lets them pass where it gives way.
    """

    _progressed = Signal(object, object)
    _ended = Signal(object, object, object)

    def __init__(
        self,
        open_engine: Callable[[], AbstractContextManager[Any]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open = open_engine
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._edits: deque[Task] = deque()
        self._live: set[Task] = set()
        self._guard = threading.Lock()  # of the two below, which both threads look at
        self._engine: Any = None
        self._answer: Callable[[Task], Any] = lambda task: task.call(self._engine, task.job)
        self._running: Task | None = None
        self._progressed.connect(self._on_progressed)
        self._ended.connect(self._on_ended)
        self.start()

    def submit(
        self,
        call: Call,
        title: str = "",
        kind: JobKind = JobKind.OTHER,
        sentence: Sentence = done,
        *,
        edit: bool = False,
    ) -> Task:
        """Queue a call; its task answers through signals in the GUI thread."""
        task = Task(call, self, title, kind, sentence)
        self._live.add(task)
        if edit:
            self._edits.append(task)
        self._queue.put(self.serve_edits if edit else partial(self._serve, task))
        return task

    @property
    def idle(self) -> bool:
        """Whether nothing is running or queued."""
        return not self._live

    def cancel_all(self) -> None:
        """Ask what is running and what is queued to stop."""
        for task in self._live:
            task.cancel()

    def close(self) -> None:
        """Cancel what is under way, close the engine in its own thread, and wait for both."""
        self.cancel_all()
        self._queue.put(None)
        while not self.wait(_INTERRUPT_EVERY_MS):
            self.interrupt()  # again: a call may go from one long statement to the next

    def interrupt(self, task: Task | None = None) -> None:
        """Break off the statement that the engine runs for ``task``, or for whatever it runs."""
        with self._guard:
            wanted = self._running is not None and task in (None, self._running)
            stop = getattr(self._engine, "interrupt", None) if wanted else None
            if stop is not None:
                stop()

    def relay_progress(self, task: Task, progress: Progress) -> None:
        """Carry a report from the working thread to the task's signal in the GUI thread."""
        self._progressed.emit(task, progress)

    def serve_edits(self) -> None:
        """Do the edits that wait; called in the engine's thread, between two transactions."""
        while self._edits:
            self._serve(self._edits.popleft())

    def run(self) -> None:
        """Serve the queue until the sentinel; called by Qt in the new thread."""
        try:
            with self._open() as engine:
                self._engine = engine
                self._serve_all()
        except Exception as error:  # the thread boundary: every task is answered with it
            refusal = error
            self._answer = lambda _: _raise(refusal)
            self._serve_all()

    def _serve_all(self) -> None:
        while (turn := self._queue.get()) is not None:
            turn()

    def _serve(self, task: Task) -> None:
        result: Any = None
        failure: Exception | None = None
        level = logging.INFO if task.title else logging.DEBUG
        name, started = code_name(task.call), time.monotonic()
        _LOG.log(level, "%s begins", name)
        with self._guard:
            outer, self._running = self._running, task
        try:
            task.job.step(0)
            result = self._answer(task)
        except Exception as error:  # the thread boundary
            failure = _told(error, task.job)
        with self._guard:
            self._running = outer
        _log_end(level, name, time.monotonic() - started, failure)
        self._ended.emit(task, result, failure)

    @Slot(object, object)
    def _on_progressed(self, task: Task, progress: Progress) -> None:
        if task in self._live:
            task.progressed.emit(progress)

    @Slot(object, object, object)
    def _on_ended(self, task: Task, result: Any, error: Exception | None) -> None:
        self._live.discard(task)
        if error is None:
            task.succeeded.emit(result)
        elif isinstance(error, Cancelled):
            task.cancelled.emit()
        else:
            task.failed.emit(error)
        task.finished.emit()
        # Its end frees what its signals held, which may be the last hold on this thread: as a child
        # the task would then be deleted a second time, within its own deletion.
        task.setParent(None)
        task.deleteLater()


def code_name(call: Call) -> str:
    """Where a call stands in the code: a title may quote what a person typed."""
    while isinstance(call, partial):
        call = call.func
    named = call if hasattr(call, "__qualname__") else type(call)
    return f"{named.__module__}.{named.__qualname__}"


def _log_end(level: int, name: str, seconds: float, failure: Exception | None) -> None:
    if failure is None:
        _LOG.log(level, "%s ends after %.3f s", name, seconds)
    elif isinstance(failure, Cancelled):
        _LOG.log(level, "%s stopped after %.3f s", name, seconds)
    else:
        _LOG.info("%s failed after %.3f s", name, seconds, exc_info=failure)


def _told(error: Exception, job: Job) -> Exception:
    """The error itself, or ``Cancelled`` where it only says that a statement was broken off."""
    if isinstance(error, HPMError):
        return error
    try:
        job.step(0)
    except Cancelled as cancelled:
        return cancelled
    return error


def _raise(error: Exception) -> None:
    raise error
