from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from hpm_engine import (
    AgeingSettings,
    Cancelled,
    Job,
    Keeper,
    Memory,
    Originals,
    Tier,
    Trigger,
    Wait,
)
from tests.support.patched_sessions import add, drafts


class Room:
    """A clock and an agent in the test's hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.active: datetime | None = None

    def keeper(self, memory: Memory) -> Keeper:
        keeper = Keeper(
            lambda: (), lambda: self.now, lambda _: self.active, lambda: True, asked=True
        )
        keeper.look(memory)
        return keeper

    def rest(self) -> None:
        self.now += timedelta(minutes=1)


def rested(keeper: Keeper, memory: Memory, room: Room) -> Trigger | None:
    for _ in range(6):
        room.rest()
        findings = keeper.look(memory)
    assert findings.due is None or findings.ages
    return findings.due


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def old(memory: Memory) -> Memory:
    for number in range(3):
        add(memory, f"e{number}", drafts(20, number), at=number + 1)
    add(memory, "small", drafts(1, 9), at=9)
    memory.compression.ageing.set(AgeingSettings(newest=0))
    return memory


def test_agents_rest_and_old_episodes_are_compressed_once(old: Memory, room: Room) -> None:
    keeper = room.keeper(old)
    due = rested(keeper, old, room)
    assert due is Trigger.IDLE
    report = keeper.age(old, due, Job())
    assert report is not None
    assert (report.compressed.compressed, report.compressed.too_small) == (3, 1)
    after = keeper.look(old)
    assert not after.ages, "one stays whole because it is too small: no reason to begin again"
    assert after.waits is Wait.VECTORS
    add(old, "new", drafts(20, 7), at=5)
    assert keeper.look(old).ages


def test_without_vectors_a_time_is_named_only_while_something_ages(old: Memory, room: Room) -> None:
    assert room.keeper(old).look(old).waits is Wait.REST
    old.compression.ageing.set(AgeingSettings(newest=0, automatic=False))
    assert room.keeper(old).look(old).waits is Wait.VECTORS


def test_switched_off_it_waits_to_be_asked(old: Memory, room: Room) -> None:
    old.compression.ageing.set(AgeingSettings(newest=0, automatic=False))
    assert rested(room.keeper(old), old, room) is None
    assert old.compression.ageing.run().compressed.compressed == 3


def test_an_agent_that_wakes_up_stops_it_and_it_goes_on_later(
    old: Memory, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.keeper._GLANCE", 0.0)
    monkeypatch.setattr("hpm_engine.compressor.tier._BATCH", 1)
    keeper = room.keeper(old)
    due = rested(keeper, old, room)
    assert due is not None

    def compressed() -> int:
        episodes = old.episodes.get([1, 2, 3, 4])
        return sum(episode.tier is Tier.COMPRESSED for episode in episodes)

    def wake() -> None:
        if compressed():
            room.active = room.now + timedelta(seconds=1)
            time.sleep(0.06)  # a job reports, and so looks up, twenty times a second

    assert keeper.age(old, due, Job(lambda _: None, 0.0, give_way=wake)) is None
    done = compressed()
    assert 0 < done < 3
    room.rest()
    assert keeper.look(old).waits is Wait.REST
    due = rested(keeper, old, room)
    assert due is not None
    again = keeper.age(old, due, Job())
    assert again is not None
    assert again.compressed.compressed == 3 - done


def test_a_person_who_stops_it_is_not_asked_again_at_once(old: Memory, room: Room) -> None:
    keeper = room.keeper(old)
    due = rested(keeper, old, room)
    assert due is not None
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        keeper.age(old, due, job)
    assert rested(keeper, old, room) is None


def test_the_schedule_evicts_what_a_person_said_may_go(old: Memory, room: Room) -> None:
    old.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
    keeper = room.keeper(old)
    due = rested(keeper, old, room)
    assert due is not None
    report = keeper.age(old, due, Job())
    assert report is not None
    assert (report.evicted.episodes, report.evicted.wiped) == (3, True)
    assert not keeper.look(old).ages
