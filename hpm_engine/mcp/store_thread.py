"""The thread that owns the open store, and the calls that wait for it, first come, first served."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from hpm_engine.errors import BadQuery, CannotOpen, CannotWrite, ReadOnlyStore
from hpm_engine.job import Job

if TYPE_CHECKING:
    from hpm_engine.memory import Memory

_LOG = logging.getLogger(__name__)
_CLOSING = 0.3  # seconds
_MOST_WAITING = 200  # calls

Work = Callable[["Memory", Job], str]


class StoreCall:
    """One piece of work on the store, and its future answer."""

    def __init__(self, work: Work, job: Job) -> None:
        self.work = work
        self.job = job
        self.answer: Future[str] = Future()


class StoreThread:
    """Opens the store at the first call, in a thread of its own: one at a time may use it."""

    def __init__(self, store: Path, *, read_only: bool, actor: Callable[[], str]) -> None:
        self._path = store
        self._read_only = read_only
        self._actor = actor
        self._calls: queue.SimpleQueue[StoreCall | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # over what runs now
        self._running: StoreCall | None = None
        self._memory: Memory | None = None
        self._only_this_call = False  # whether the store is opened anew for the next one
        self._thread = threading.Thread(target=self._serve, name="hpm-store", daemon=True)
        self._begun = False

    def submit(self, work: Work, job: Job) -> StoreCall:
        """Have the store's thread do some work; nothing is loaded before the first.

        Raises ``BadQuery`` while very many calls wait: what they hold is no end of memory.
        """
        if self._calls.qsize() >= _MOST_WAITING:
            raise BadQuery("Too many calls wait for an answer: wait for some, then ask again.", 0)
        if not self._begun:
            self._begun = True
            self._thread.start()
        call = StoreCall(work, job)
        self._calls.put(call)
        return call

    def cancel(self, call: StoreCall) -> None:
        """Break off a call, or drop it if it has not begun; nothing else is disturbed."""
        if call.answer.cancel():
            return
        call.job.cancel()
        with self._lock:
            if self._running is call and self._memory is not None:
                self._memory.interrupt()

    def close(self) -> None:
        """Break off what runs, drop what waits, and close the store, if that can be done soon."""
        self._calls.put(None)
        while True:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                break
            if call is not None:
                call.answer.cancel()
        self._calls.put(None)
        with self._lock:
            if self._running is not None:
                self._running.job.cancel()
                if self._memory is not None:
                    self._memory.interrupt()
        if self._begun:
            self._thread.join(_CLOSING)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            if not call.answer.set_running_or_notify_cancel():
                continue
            with self._lock:
                self._running = call
            try:
                answer = self._answered(call)
            except BaseException as error:
                failure: BaseException | None = error
            else:
                failure = None
            with self._lock:
                self._running = None
            if failure is None:
                call.answer.set_result(answer)
            else:
                call.answer.set_exception(failure)
        self._close()

    def _answered(self, call: StoreCall) -> str:
        try:
            memory = self._opened()
            call.job.step(0)  # it may have been cancelled while there was nothing to interrupt
            answer = call.work(memory, call.job)
        except (CannotOpen, CannotWrite):
            self._close()  # the file may be another by now: the next call opens it anew
            raise
        if self._only_this_call:
            self._close()
        return answer

    def _opened(self) -> Memory:
        if self._memory is None:
            # Readers, numpy and SQLite are no part of the first reply.
            from hpm_engine.memory import open_memory

            actor = self._actor()
            self._only_this_call = False
            try:
                memory = open_memory(self._path, read_only=self._read_only, actor=actor)
            except (ReadOnlyStore, CannotWrite) as error:
                if self._read_only:
                    raise
                self._only_this_call = isinstance(error, CannotWrite)  # a disk is not full for ever
                memory = open_memory(self._path, read_only=True, actor=actor)
            with self._lock:
                self._memory = memory
            _LOG.info("the store is open for an agent")
        return self._memory

    def _close(self) -> None:
        with self._lock:
            memory, self._memory = self._memory, None
        if memory is not None:
            memory.close()
