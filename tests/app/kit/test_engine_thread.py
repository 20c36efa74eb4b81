from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from pytestqt.qtbot import QtBot

from app.kit.engine_thread import EngineThread
from hpm_engine import Job

GUI = threading.get_ident()


class Engine:
    """Opens a database in the thread that enters it, and notes that it was closed there."""

    def __init__(self) -> None:
        self.closed = 0

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        owner = threading.get_ident()
        db = sqlite3.connect(":memory:")
        try:
            yield db
        finally:
            assert threading.get_ident() == owner
            db.close()
            self.closed += 1


@pytest.fixture
def engine(qapp: object) -> Engine:
    return Engine()


@pytest.fixture
def thread(engine: Engine) -> Iterator[EngineThread]:
    thread = EngineThread(engine.open)
    yield thread
    thread.close()
    assert thread.isFinished()
    assert engine.closed == 1


def spin(db: Any, job: Job) -> None:
    for number in range(10**9):
        job.step(number)


def test_a_call_answers_with_its_result(thread: EngineThread, qtbot: QtBot) -> None:
    task = thread.submit(lambda db, job: db.execute("select 42").fetchone()[0])
    with qtbot.waitSignal(task.succeeded) as answer:
        pass
    assert answer.args == [42]


def test_calls_run_in_order_and_answer_in_the_gui_thread(
    thread: EngineThread, qtbot: QtBot
) -> None:
    got: list[tuple[int, bool]] = []

    def note(result: int) -> None:
        got.append((result, threading.get_ident() == GUI))

    for number in range(1000):
        thread.submit(lambda db, job, number=number: number).succeeded.connect(note)
    qtbot.waitUntil(lambda: len(got) == 1000)
    assert got == [(number, True) for number in range(1000)]


def test_a_failure_keeps_its_traceback(thread: EngineThread, qtbot: QtBot) -> None:
    task = thread.submit(lambda db, job: 1 / 0)
    with qtbot.waitSignal(task.failed) as answer:
        pass
    assert isinstance(answer.args[0], ZeroDivisionError)
    assert answer.args[0].__traceback__ is not None


def test_a_running_call_can_be_cancelled(thread: EngineThread, qtbot: QtBot) -> None:
    task = thread.submit(spin)
    reports: list[object] = []
    task.progressed.connect(reports.append)
    qtbot.waitUntil(lambda: len(reports) >= 3)
    with qtbot.waitSignal(task.cancelled):
        task.cancel()


def test_a_queued_call_can_be_cancelled_before_it_runs(thread: EngineThread, qtbot: QtBot) -> None:
    ran: list[int] = []
    thread.submit(lambda db, job: time.sleep(0.05))
    task = thread.submit(lambda db, job: ran.append(1))
    task.cancel()
    with qtbot.waitSignal(task.cancelled):
        pass
    assert ran == []


def test_closing_while_busy_stops_the_work_and_closes_the_engine(engine: Engine) -> None:
    thread = EngineThread(engine.open)
    thread.submit(spin)
    thread.submit(spin)
    time.sleep(0.02)
    started = time.monotonic()
    thread.close()
    assert time.monotonic() - started < 1
    assert engine.closed == 1


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def test_a_long_statement_is_broken_off_when_its_call_is_cancelled(
    thread: EngineThread, qtbot: QtBot
) -> None:
    task = thread.submit(lambda db, job: db.execute(ENDLESS).fetchone())
    qtbot.wait(50)
    with qtbot.waitSignal(task.cancelled, timeout=1000):
        task.cancel()
    after = thread.submit(lambda db, job: db.execute("select 42").fetchone()[0])
    with qtbot.waitSignal(after.succeeded) as answer:
        pass
    assert answer.args == [42]


def test_cancelling_a_queued_call_leaves_the_running_one_alone(
    thread: EngineThread, qtbot: QtBot
) -> None:
    count = ENDLESS.replace("FROM n)", "FROM n WHERE x < 300000)")
    running = thread.submit(lambda db, job: db.execute(count).fetchone()[0])
    thread.submit(lambda db, job: None).cancel()
    with qtbot.waitSignal(running.succeeded) as answer:
        pass
    assert answer.args == [300_000]


def test_closing_breaks_off_one_long_statement_after_the_other(engine: Engine) -> None:
    def stubborn(db: Any, job: Job) -> None:
        for _ in range(3):
            with suppress(sqlite3.OperationalError):
                db.execute(ENDLESS).fetchone()

    thread = EngineThread(engine.open)
    thread.submit(stubborn)
    time.sleep(0.05)
    started = time.monotonic()
    thread.close()
    assert time.monotonic() - started < 1
    assert engine.closed == 1


def test_closing_at_once_still_closes_the_engine(engine: Engine) -> None:
    EngineThread(engine.open).close()
    assert engine.closed == 1


def test_when_opening_fails_every_call_is_answered_with_why(qapp: object, qtbot: QtBot) -> None:
    @contextmanager
    def broken() -> Iterator[None]:
        raise OSError("no such memory")
        yield

    thread = EngineThread(broken)
    for _ in range(2):
        task = thread.submit(lambda memory, job: 1)
        with qtbot.waitSignal(task.failed) as answer:
            pass
        assert isinstance(answer.args[0], OSError)
    thread.close()
    assert thread.isFinished()


def test_the_window_stays_alive_while_python_works(thread: EngineThread, qtbot: QtBot) -> None:
    gaps: list[float] = []
    last = [time.monotonic()]

    def tick() -> None:
        gaps.append(time.monotonic() - last[0])
        last[0] = time.monotonic()

    timer = QTimer()
    timer.timeout.connect(tick)
    timer.start(10)
    task = thread.submit(spin)
    qtbot.wait(500)
    timer.stop()
    with qtbot.waitSignal(task.cancelled):
        task.cancel()
    assert max(gaps) < 0.5


def test_an_edit_passes_a_long_call_where_that_gives_way(
    thread: EngineThread, qtbot: QtBot
) -> None:
    order: list[str] = []
    begun, edited = threading.Event(), threading.Event()

    def long(db: Any, job: Job) -> None:
        begun.set()
        while not edited.is_set():
            job.step(0)
            job.give_way()
        order.append("long")

    def edit(db: Any, job: Job) -> str:
        order.append("edit")
        return str(db.execute("select 'edited'").fetchone()[0])

    def after(db: Any, job: Job) -> None:
        order.append("after")

    running = thread.submit(long)
    last = thread.submit(after)
    assert begun.wait(10)
    first = thread.submit(edit, edit=True)
    with qtbot.waitSignal(first.succeeded) as answer:
        pass
    assert answer.args == ["edited"]
    second = thread.submit(lambda db, job: edited.set(), edit=True)
    with qtbot.waitSignals([second.finished, running.succeeded, last.succeeded]):
        pass
    assert order == ["edit", "long", "after"]


def test_cancelling_a_call_does_not_touch_the_edit_that_passes_it(
    thread: EngineThread, qtbot: QtBot
) -> None:
    at_edit, cancelled = threading.Event(), threading.Event()

    def long(db: Any, job: Job) -> None:
        while True:
            job.step(0)
            job.give_way()

    def edit(db: Any, job: Job) -> int:
        at_edit.set()
        assert cancelled.wait(10)
        job.step(0)
        return 7

    running = thread.submit(long)
    passing = thread.submit(edit, edit=True)
    assert at_edit.wait(10)
    with qtbot.waitSignals([passing.succeeded, running.cancelled]):
        running.cancel()
        cancelled.set()


def test_a_failing_edit_leaves_the_call_that_it_passes_alone(
    thread: EngineThread, qtbot: QtBot
) -> None:
    failed = threading.Event()

    def long(db: Any, job: Job) -> str:
        while not failed.is_set():
            job.give_way()
        return "whole"

    def edit(db: Any, job: Job) -> None:
        failed.set()
        db.execute("select nothing from nowhere")

    running = thread.submit(long)
    failing = thread.submit(edit, edit=True)
    with qtbot.waitSignals([failing.failed, running.succeeded]):
        pass


def test_a_task_whose_end_frees_its_own_thread_is_deleted_once(
    engine: Engine, qtbot: QtBot
) -> None:
    """The last hold on the thread's owner may be a slot of the task's own signal."""
    for _ in range(5):
        owner: QObject | None = QObject()
        thread: EngineThread | None = EngineThread(engine.open, owner)
        assert thread is not None
        task = thread.submit(lambda db, job: 1)
        task.succeeded.connect(lambda result, held=owner: result)
        ended: list[int] = []
        task.finished.connect(lambda ended=ended: ended.append(1))
        thread.close()
        del owner, thread, task
        qtbot.waitUntil(lambda ended=ended: bool(ended))  # type: ignore[misc]
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
