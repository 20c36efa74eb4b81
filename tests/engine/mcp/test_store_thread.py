from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import BadQuery, Cancelled, CannotWrite, Job, Memory, StoreReplaced, open_memory
from hpm_engine.mcp.preparing import Preparing
from hpm_engine.mcp.store_thread import StoreThread
from tests.support.shop import add, asked, shop


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "shop.hpm"
    with open_memory(path, create=True) as memory:
        shop(memory)
    return path


@pytest.fixture
def thread(store: Path) -> Iterator[StoreThread]:
    thread = StoreThread(store, read_only=False, actor=lambda: "a test")
    yield thread
    thread.close()


def endless(memory: Memory, job: Job) -> str:
    with memory.internals.database.reading():
        memory.internals.database.value(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
        )
    return "never"


def count(memory: Memory, job: Job) -> str:
    return str(memory.figures.stats().episodes)


def test_what_runs_is_broken_off_and_what_waits_is_dropped(thread: StoreThread) -> None:
    running, waiting = thread.submit(endless, Job()), thread.submit(endless, Job())
    after = thread.submit(count, Job())
    time.sleep(0.2)
    thread.cancel(waiting)
    thread.cancel(running)
    with pytest.raises(Cancelled):
        running.answer.result(5)
    assert waiting.answer.cancelled()
    assert after.answer.result(5) == "5"


def test_a_call_that_is_cancelled_while_the_store_is_opened_does_not_begin(
    store: Path,
) -> None:
    opening = threading.Event()

    def actor() -> str:  # asked for as the store is opened
        opening.set()
        time.sleep(0.2)
        return "a test"

    thread = StoreThread(store, read_only=False, actor=actor)
    running = thread.submit(endless, Job())
    assert opening.wait(5)
    thread.cancel(running)
    with pytest.raises(Cancelled):
        running.answer.result(5)
    thread.close()


def test_a_call_that_has_ended_is_not_cancelled_in_the_place_of_another(
    thread: StoreThread,
) -> None:
    first = thread.submit(count, Job())
    assert first.answer.result(5) == "5"
    second = thread.submit(lambda memory, job: time.sleep(0.3) or count(memory, job), Job())
    time.sleep(0.1)
    thread.cancel(first)
    assert second.answer.result(5) == "5"


def test_calls_without_end_are_not_held_without_end(thread: StoreThread) -> None:
    running = thread.submit(endless, Job())
    waiting = []
    with pytest.raises(BadQuery, match="Too many calls wait"):
        while len(waiting) < 10_000:
            waiting.append(thread.submit(count, Job()))
    assert 100 <= len(waiting) < 1_000
    for call in waiting[1:]:
        thread.cancel(call)
    thread.cancel(running)
    assert waiting[0].answer.result(5) == "5"


def test_closing_breaks_off_what_runs(store: Path) -> None:
    thread = StoreThread(store, read_only=False, actor=lambda: "a test")
    running, waiting = thread.submit(endless, Job()), thread.submit(count, Job())
    time.sleep(0.3)
    before = time.monotonic()
    thread.close()
    assert time.monotonic() - before < 0.5
    with pytest.raises(Cancelled):
        running.answer.result(1)
    assert waiting.answer.cancelled()
    assert not list(store.parent.glob("shop.hpm-*"))


def test_a_store_that_was_replaced_is_opened_anew(thread: StoreThread, store: Path) -> None:
    assert thread.submit(count, Job()).answer.result(5) == "5"
    other = store.with_name("other.hpm")
    with open_memory(other, create=True) as memory:
        add(memory, "k", asked("one alone"))
    other.replace(store)

    def mark(memory: Memory, job: Job) -> str:
        memory.marks.set_pinned([1], True)
        return count(memory, job)

    with pytest.raises(StoreReplaced):
        thread.submit(mark, Job()).answer.result(5)
    assert thread.submit(mark, Job()).answer.result(5) == "1"


def test_a_disk_that_was_full_when_the_store_was_opened_is_no_end_of_recording(
    thread: StoreThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be opened for writing now is read for one call, and tried again at the next."""

    def opened(path: Path, *, read_only: bool, actor: str) -> Memory:
        if not read_only and full:
            raise CannotWrite("no space left on the disk")
        return open_memory(path, read_only=read_only, actor=actor)

    def writes(memory: Memory, job: Job) -> str:
        return f"{count(memory, job)}, {'reads' if memory.read_only else 'writes'}"

    monkeypatch.setattr("hpm_engine.memory.open_memory", opened)
    full = True
    assert thread.submit(writes, Job()).answer.result(5) == "5, reads"
    full = False
    assert thread.submit(writes, Job()).answer.result(5) == "5, writes"
    assert thread.submit(writes, Job()).answer.result(5) == "5, writes"


def test_preparing_takes_a_second_at_most_and_rests_after_it_led_to_nothing(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpm_engine.facade.recall import StoreRecall

    tries: list[float] = []

    def slow(self: StoreRecall, job: Job, openings: bool = False) -> None:
        tries.append(time.monotonic())
        while True:
            job.step(0)
            time.sleep(0.01)

    with open_memory(store) as memory:
        add(memory, "new", asked("The okapi enclosure has no door."))
        assert memory.recall.unprepared() == 1
        with monkeypatch.context() as patch:
            patch.setattr(StoreRecall, "prepare", slow)
            preparing = Preparing()
            preparing.run(memory, Job())
            assert 0.9 < time.monotonic() - tries[0] < 3
            preparing.run(memory, Job())
            assert len(tries) == 1
            stopped = Job()
            stopped.cancel()
            with pytest.raises(Cancelled):
                Preparing().run(memory, stopped)
        Preparing().run(memory, Job())
        assert memory.recall.unprepared() == 0
        assert memory.recall.ask("okapi").hits
