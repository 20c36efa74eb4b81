from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hpm_engine import (
    BY_ITSELF,
    SCHEDULE,
    Cancelled,
    Consent,
    Job,
    Keeper,
    Memory,
    StoreBusy,
    Trigger,
    Wait,
    open_memory,
)
from hpm_engine.consolidator.turn import turn
from tests.support.lessons import school, write_lessons


class Room:
    """A clock and an agent in the test's hand, and keepers that go by them."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.active: datetime | None = None

    def keeper(self) -> Keeper:
        return Keeper(lambda: (), lambda: self.now, lambda _: self.active, lambda: True, asked=True)

    def pass_(self, keeper: Keeper, memory: Memory, **span: float) -> Trigger | None:
        due, end = None, self.now + timedelta(**span)
        while self.now < end:
            self.now = min(self.now + timedelta(minutes=1), end)
            due = keeper.look(memory).due
        return due


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def other(memory: Memory) -> Iterator[Memory]:
    """The same store in another program."""
    with open_memory(memory.path) as other:
        yield other


def at(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def test_idleness_consolidates_until_nothing_is_left(memory: Memory, room: Room) -> None:
    keeper = room.keeper()
    assert keeper.look(memory).waits is Wait.REST
    assert room.pass_(keeper, memory, minutes=5) is Trigger.IDLE
    runs = 0
    while (due := keeper.look(memory).due) is not None:
        report = keeper.run(memory, due, Job())
        assert report is not None
        assert report.actor == "scheduler"
        runs += 1
    assert (runs, memory.consolidation.waiting()) == (3, 0)
    assert keeper.look(memory).waits is Wait.WORK


def test_nothing_to_learn_is_not_due(memory: Memory, room: Room) -> None:
    memory.consolidation.run(120)
    keeper = room.keeper()
    audit = memory.audit.count()
    assert keeper.look(memory).waits is Wait.WORK, "no time is named at which nothing would be done"
    assert room.pass_(keeper, memory, minutes=6) is None
    assert keeper.look(memory).waits is Wait.WORK
    assert memory.audit.count() == audit


def test_without_vectors_it_says_so(tmp_path: Path, room: Room) -> None:
    with open_memory(tmp_path / "bare.hpm", create=True) as memory:
        keeper = room.keeper()
        findings = keeper.look(memory)
        assert (findings.waits, findings.rest_until) == (Wait.VECTORS, None), (
            "at once: no time is named"
        )
        assert room.pass_(keeper, memory, minutes=6) is None
        assert keeper.look(memory).waits is Wait.VECTORS
        memory.settings.set(SCHEDULE, at(room.now + timedelta(hours=1)))
        assert room.keeper().look(memory).waits is Wait.VECTORS


def test_two_programs_keep_one_time_once(memory: Memory, other: Memory, room: Room) -> None:
    memory.settings.set(SCHEDULE, at(room.now + timedelta(hours=1)))
    first, second = room.keeper(), room.keeper()
    first.look(memory)
    second.look(other)
    for _ in range(61):
        room.now += timedelta(minutes=1)
        dues = first.look(memory).due, second.look(other).due
    assert dues == (Trigger.TIME, Trigger.TIME)
    assert first.run(memory, Trigger.TIME, Job()) is not None
    # A cycle says when it ended by the computer's clock; this room's is an hour ahead.
    memory.internals.database.execute(
        "UPDATE cycles SET at = ?", (int(room.now.timestamp() * 1e6),)
    )
    memory.internals.database.execute("UPDATE cycles SET report = json_set(report, '$.at', at)")
    assert second.look(other).due is None


def test_a_time_missed_before_the_program_started_is_made_up(memory: Memory, room: Room) -> None:
    memory.settings.set(SCHEDULE, at(room.now + timedelta(hours=1)))
    room.now += timedelta(hours=9)
    keeper = room.keeper()
    assert keeper.look(memory).due is Trigger.MISSED
    assert keeper.run(memory, Trigger.MISSED, Job()) is not None
    assert keeper.look(memory).due is None


def test_a_schedule_that_is_younger_than_its_time_makes_nothing_up(
    memory: Memory, room: Room
) -> None:
    memory.settings.set(SCHEDULE, at(room.now - timedelta(hours=1)))
    assert room.keeper().look(memory).due is None


def test_a_schedule_changed_elsewhere_is_kept_from_the_next_look(
    memory: Memory, other: Memory, room: Room
) -> None:
    keeper = room.keeper()
    assert keeper.look(memory).waits is Wait.REST
    other.settings.set(SCHEDULE, "never")
    assert keeper.look(memory).waits is Wait.NEVER


def test_an_agent_that_wakes_up_stops_the_cycle_which_goes_on_later(
    memory: Memory, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.keeper._GLANCE", 0.0)
    keeper = room.keeper()
    keeper.look(memory)
    assert room.pass_(keeper, memory, minutes=5) is Trigger.IDLE
    room.active = room.now + timedelta(seconds=1)
    assert keeper.run(memory, Trigger.IDLE, Job()) is None
    assert memory.consolidation.cycles() == []
    assert room.pass_(keeper, memory, minutes=4) is None
    assert room.pass_(keeper, memory, minutes=2) is Trigger.IDLE
    assert keeper.run(memory, Trigger.IDLE, Job()) is not None


def test_an_agent_that_works_does_not_stop_a_cycle_at_its_time(
    memory: Memory, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.keeper._GLANCE", 0.0)
    keeper = room.keeper()
    keeper.look(memory)
    room.active = room.now + timedelta(seconds=1)
    assert keeper.run(memory, Trigger.TIME, Job()) is not None


def test_what_a_person_stopped_waits_for_an_agent_to_work(memory: Memory, room: Room) -> None:
    keeper = room.keeper()
    keeper.look(memory)
    assert room.pass_(keeper, memory, minutes=5) is Trigger.IDLE

    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        keeper.run(memory, Trigger.IDLE, job)
    assert keeper.look(memory).waits is Wait.WORK


def test_a_store_that_is_busy_is_left_alone(memory: Memory, room: Room) -> None:
    keeper = room.keeper()
    keeper.look(memory)
    assert room.pass_(keeper, memory, minutes=5) is Trigger.IDLE
    with turn(memory.consolidation._lock(), memory.path), pytest.raises(StoreBusy):
        keeper.run(memory, Trigger.IDLE, Job())
    assert keeper.look(memory).waits is Wait.WORK


def test_work_after_the_last_cycle_is_noticed(memory: Memory, room: Room) -> None:
    memory.consolidation.run(120)
    keeper = room.keeper()
    keeper.look(memory)
    assert room.pass_(keeper, memory, minutes=6) is None
    write_lessons(memory, "alpha", 1)
    room.active = room.now
    assert room.pass_(keeper, memory, minutes=6) is Trigger.IDLE


def test_the_folders_of_agents_are_looked_for_once(tmp_path: Path) -> None:
    asked = 0

    def folders() -> tuple[Path, ...]:
        nonlocal asked
        asked += 1
        return (tmp_path,)

    with school(tmp_path / "a.hpm", "alpha") as memory:
        keeper = Keeper(folders)
        keeper.look(memory)
        assert asked == 0, "nobody agreed, so nobody needs to know whether agents rest"
        memory.settings.set(BY_ITSELF, Consent.YES)
        keeper.look(memory)
        keeper.look(memory)
    assert asked == 1
