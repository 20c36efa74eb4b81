"""An open memory, as the views see it: read, write, and hear what changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.kit.engine_thread import Call, EngineThread, Task
from app.kit.job_kind import JobKind, Sentence, done
from hpm_engine import Changed, Upgrade, WriteReport, open_memory

EVERYTHING = ~Changed.NOTHING

_PIECEWISE_S = 2.0

Opener = Callable[[Path, bool], AbstractContextManager[Any]]


def _open(path: Path, read_only: bool) -> AbstractContextManager[Any]:
    return open_memory(path, read_only=read_only)


class Session(QObject):
    """An open memory: where views read, write and hear of change.

    Reads run on one thread with a read-only engine, so a long write never blocks a table.
    Writes run on another, long reads (those with a title) on a third, figures of the whole store
    on a fourth, and on a fifth what takes its time: figures of every step, and what the program
    looks after by itself. Errands, which need no store, run on a sixth. Each is started by its
    first call. A call gets ``(memory, job)``. Of one with a title, which shows among the jobs,
    ``kind`` is what others know it by, and ``sentence`` what it says when it has succeeded.

    A write gives back the engine's report of what it changed, or a tuple of several.

    ``upgraded`` says once what opening a store of an earlier version did to it.
    """

    changed = Signal(object)
    job_started = Signal(object)
    upgraded = Signal(object)
    _upgraded = Signal(object)  # in the thread that opened the store

    def __init__(self, path: Path, opener: Opener = _open, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._opener = opener
        self._upgraded.connect(self._on_upgraded)
        self._reader = self._start_reader()
        self._writer: EngineThread | None = None
        self._surveyor: EngineThread | None = None
        self._summer: EngineThread | None = None
        self._patient: EngineThread | None = None
        self._errands: EngineThread | None = None

    def errand(self, call: Call, title: str, sentence: Sentence = done) -> Task:
        """Run a job that needs no store, and waits for none that does; it is given none."""
        if self._errands is None:
            self._errands = EngineThread(nullcontext, self)
        task = self._errands.submit(call, title, JobKind.OTHER, sentence)
        self.job_started.emit(task)
        return task

    def read(
        self,
        call: Call,
        title: str = "",
        kind: JobKind = JobKind.OTHER,
        sentence: Sentence = done,
    ) -> Task:
        """Ask the reader, which sees the last committed state; give a long read a title.

        A titled read shows among the jobs and delays no other.
        """
        if not title:
            return self._reader.submit(call)
        if self._surveyor is None:
            self._surveyor = self._start_reader()
        task = self._surveyor.submit(call, title, kind, sentence)
        self.job_started.emit(task)
        return task

    def sum_up(self, call: Call) -> Task:
        """Ask for figures that need a look at the whole store; rows and steps do not wait."""
        if self._summer is None:
            self._summer = self._start_reader()
        return self._summer.submit(call)

    def read_patiently(self, call: Call) -> Task:
        """Ask for what may take long and shows no job: no other read waits for it."""
        if self._patient is None:
            self._patient = self._start_reader()
        return self._patient.submit(call)

    def edit(self, call: Call, title: str, sentence: Sentence = done) -> Task:
        """Ask the writer for something short, which need not wait for the end of a long write."""
        return self._write(call, title, JobKind.OTHER, sentence, edit=True)

    def write_quietly(self, call: Call) -> Task:
        """Ask the writer for something small that nobody asked for; no job shows."""
        task = self._writer_thread().submit(call)
        task.succeeded.connect(self._on_written)
        return task

    def write(
        self,
        call: Call,
        title: str,
        kind: JobKind = JobKind.OTHER,
        sentence: Sentence = done,
        *,
        piecewise: Changed = Changed.NOTHING,
    ) -> Task:
        """Ask the writer; the task shows among the jobs under ``title``.

        A write that commits in batches names with ``piecewise`` what those change: views hear of
        it every few seconds, and also when the write is stopped or fails on its way, or gives back
        ``None``, since something else stopped it.
        """
        task = self._write(call, title, kind, sentence)
        if piecewise:
            self._tell_piecewise(task, piecewise)
        return task

    def _write(
        self, call: Call, title: str, kind: JobKind, sentence: Sentence, *, edit: bool = False
    ) -> Task:
        task = self._writer_thread().submit(call, title, kind, sentence, edit=edit)
        task.succeeded.connect(self._on_written)
        self.job_started.emit(task)
        return task

    def _writer_thread(self) -> EngineThread:
        if self._writer is None:
            self._writer = EngineThread(partial(self._opened, False), self)
        return self._writer

    @property
    def writable(self) -> bool:
        """Whether the file lets itself be written."""
        return os.access(self.path, os.W_OK)

    @property
    def has_written(self) -> bool:
        """Whether there is a writer: the first write starts it."""
        return self._writer is not None

    def ask_quietly(self, call: Call) -> Task:
        """Ask the writer, if there is one, else who sums up; no job shows."""
        return self.sum_up(call) if self._writer is None else self._writer.submit(call)

    @property
    def writing(self) -> bool:
        """Whether a write is running or waiting."""
        return self._writer is not None and not self._writer.idle

    @property
    def reading(self) -> bool:
        """Whether a read is running or waiting."""
        readers = (self._reader, self._surveyor, self._summer, self._patient)
        return any(reader is not None and not reader.idle for reader in readers)

    def cancel_writes(self) -> None:
        """Ask every write under way to stop; what is committed stays."""
        if self._writer is not None:
            self._writer.cancel_all()

    def close(self) -> None:
        """Stop the threads; each closes its engine itself.

        The session ends with them, here: left to Python's collector it might end in another
        thread, which takes the program down.
        """
        threads = (self._writer, self._surveyor, self._patient, self._summer, self._reader)
        for thread in (self._errands, *threads):
            if thread is not None:
                thread.close()
        self.deleteLater()

    def _start_reader(self) -> EngineThread:
        return EngineThread(partial(self._opened, True), self)

    @contextmanager
    def _opened(self, read_only: bool) -> Iterator[Any]:
        """Open the engine in its thread; the first to do so brings an earlier store up to date."""
        with self._opener(self.path, read_only) as memory:
            upgrade = getattr(memory, "upgrade", None)
            if isinstance(upgrade, Upgrade):
                self._upgraded.emit(upgrade)
            yield memory

    @Slot(object)
    def _on_upgraded(self, upgrade: Upgrade) -> None:
        self.upgraded.emit(upgrade)

    def _tell_piecewise(self, task: Task, changed: Changed) -> None:
        emitted_at = time.monotonic()

        def now_and_then(_: object) -> None:
            nonlocal emitted_at
            if time.monotonic() - emitted_at >= _PIECEWISE_S:
                emitted_at = time.monotonic()
                self.changed.emit(changed)

        def if_stopped(result: object) -> None:
            if result is None:
                self.changed.emit(changed)

        task.progressed.connect(now_and_then)
        task.succeeded.connect(if_stopped)
        task.cancelled.connect(lambda: self.changed.emit(changed))
        task.failed.connect(lambda _: self.changed.emit(changed))

    def _on_written(self, result: object) -> None:
        changed = Changed.NOTHING
        for report in result if isinstance(result, tuple) else (result,):
            if isinstance(report, WriteReport):
                changed |= report.changed
        if changed:
            self.changed.emit(changed)
