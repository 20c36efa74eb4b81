from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.kit.mark_undo import Marks
from app.kit.session import Session
from hpm_engine import Changed, EpisodeQuery, HPMError, ImportReport, Job, Memory
from hpm_engine.importing.importer import Importer
from tests.support.files.traces import make_store, write_traces


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "a.hpm", ["first task", "second task"])


def pinned(session: Session, qtbot: QtBot) -> list[bool]:
    task = session.read(
        lambda memory, job: [
            episode.pinned
            for episode in memory.episodes.get(
                sorted(memory.episodes.find(EpisodeQuery()).window(0, 9))
            )
        ]
    )
    with qtbot.waitSignal(task.succeeded) as answer:
        pass
    result: list[bool] = answer.args[0]
    return result


def test_reads_and_writes_run_on_threads_of_their_own(session: Session, qtbot: QtBot) -> None:
    threads = []
    for ask in (
        session.read,
        lambda call: session.write(call, "Write"),
        lambda call: session.read(call, "Long read"),
        session.sum_up,
        session.read_patiently,
    ):
        with qtbot.waitSignal(ask(lambda memory, job: threading.get_ident()).succeeded) as answer:
            pass
        threads += answer.args
    assert len({*threads, threading.get_ident()}) == 6


def test_a_session_reads_until_the_last_answer(session: Session, qtbot: QtBot) -> None:
    goes_on = threading.Event()
    for ask in (
        session.read,
        lambda call: session.read(call, "Long read"),
        session.sum_up,
        session.read_patiently,
    ):
        goes_on.clear()
        with qtbot.waitSignal(ask(lambda memory, job: goes_on.wait(30)).finished):
            assert session.reading
            goes_on.set()
        assert not session.reading


def test_the_writer_starts_with_the_first_write(session: Session) -> None:
    assert session._writer is None
    assert not session.writing


def test_a_write_says_what_it_changed(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.changed) as change:
        session.write(lambda memory, job: memory.marks.set_pinned([1], True), "Pin")
    assert change.args[0] & Changed.MARKS


def test_a_write_that_changes_nothing_is_silent(session: Session, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(session.changed):
        task = session.write(lambda memory, job: Changed.NOTHING, "Nothing")
        with qtbot.waitSignal(task.finished):
            pass


def test_an_import_reaches_the_reader(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    files = write_traces(tmp_path / "more", ["third task", "fourth task", "fifth task"])
    started = []
    session.job_started.connect(started.append)
    with qtbot.waitSignal(session.changed):
        session.write(lambda memory, job: memory.import_paths(files, job=job), "Import 3 files")
    assert started[0].title == "Import 3 files"
    assert len(pinned(session, qtbot)) == 5


def test_a_stopped_import_still_says_that_something_came(session: Session, qtbot: QtBot) -> None:
    def endless(memory: object, job: Job) -> None:
        for number in range(10**9):
            job.step(number)

    task = session.write(endless, "Import", piecewise=Changed.EPISODES)
    with qtbot.waitSignal(session.changed) as change:
        task.cancel()
    assert change.args == [Changed.EPISODES]


def test_a_long_import_tells_of_its_batches_on_the_way(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.kit.session._PIECEWISE_S", 0.05)
    heard_at: list[float] = []
    session.changed.connect(lambda _: heard_at.append(time.monotonic()))

    def batches(memory: object, job: Job) -> Changed:
        for number in range(40):
            job.step(number)
            time.sleep(0.01)
        return Changed.NOTHING

    task = session.write(batches, "Import", piecewise=Changed.EPISODES)
    with qtbot.waitSignal(task.finished):
        pass
    assert len(heard_at) >= 2
    assert min(later - earlier for earlier, later in pairwise(heard_at)) >= 0.05


def test_the_reader_refuses_to_write(session: Session, qtbot: QtBot) -> None:
    task = session.read(lambda memory, job: memory.marks.set_pinned([1], True))
    with qtbot.waitSignal(task.failed) as answer:
        pass
    assert isinstance(answer.args[0], HPMError)


def test_a_missing_store_answers_every_read_with_why(
    tmp_path: Path, qtbot: QtBot, qapp: object
) -> None:
    session = Session(tmp_path / "none.hpm")
    task = session.read(lambda memory, job: 1)
    with qtbot.waitSignal(task.failed) as answer:
        pass
    assert isinstance(answer.args[0], HPMError)
    session.close()


def test_undo_and_redo_in_quick_succession_end_where_they_should(
    session: Session, qtbot: QtBot
) -> None:
    marks = Marks(session)
    with qtbot.waitSignal(session.changed):
        marks.pin([1, 2], True)
    qtbot.waitUntil(marks.stack.canUndo)
    for _ in range(3):
        marks.stack.undo()
        marks.stack.redo()
    marks.stack.undo()
    qtbot.waitUntil(lambda: not session.writing)
    assert pinned(session, qtbot) == [False, False]
    marks.stack.redo()
    qtbot.waitUntil(lambda: not session.writing)
    assert pinned(session, qtbot) == [True, True]


def test_pinning_what_is_pinned_leaves_nothing_to_undo(session: Session, qtbot: QtBot) -> None:
    marks = Marks(session)
    for _ in range(2):
        marks.pin([1], True)
    qtbot.waitUntil(lambda: not session.writing)
    assert marks.stack.count() == 1


def test_an_undo_that_was_cancelled_ends_the_history(session: Session, qtbot: QtBot) -> None:
    marks = Marks(session)
    marks.pin([1], True)
    qtbot.waitUntil(marks.stack.canUndo)
    session.write(lambda memory, job: time.sleep(0.1), "Something long")
    marks.stack.undo()
    session.cancel_writes()
    qtbot.waitUntil(lambda: not session.writing)
    assert pinned(session, qtbot) == [True, False]
    assert not marks.stack.canUndo() and not marks.stack.canRedo()


def test_a_pin_does_not_wait_for_the_end_of_an_import(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    files = write_traces(tmp_path / "more", [f"task {number}" for number in range(40)])
    ended: list[str] = []

    def batches(memory: Memory, job: Job) -> ImportReport:
        importer = Importer(memory.internals.database, memory.internals.log, batch_bytes=1)
        return importer.run(files, job, lambda report: pinning.wait(10) and None)

    pinning = threading.Event()
    importing = session.write(batches, "Import 40 files")
    importing.finished.connect(lambda: ended.append("import"))
    pin = session.edit(lambda memory, job: memory.marks.set_pinned([1], True), "Pin")
    pin.succeeded.connect(lambda _: ended.append("pin"))
    with qtbot.waitSignals([pin.succeeded, importing.succeeded], timeout=20_000):
        pinning.set()
    assert ended == ["pin", "import"]
    reading = session.read(lambda memory, job: memory.figures.stats().pinned)
    with qtbot.waitSignal(reading.succeeded) as answer:
        pass
    assert answer.args == [1]
