"""Runs of cycles, undone as one, and the bound on what is forgotten by all of them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from hpm_engine import Cancelled, Job, Keeper, NotFound, Progress, Trigger, Wait
from hpm_engine.config import CYCLE_MEMORIES, FORGETTING_BOUND, UNDOABLE_RUNS
from hpm_engine.consolidator import conclusion
from hpm_engine.memory import Memory
from tests.support.lessons import tables


class Room:
    """A clock in the test's hand; no agent works."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def keeper(self) -> Keeper:
        return Keeper(lambda: (), lambda: self.now, lambda _: None, lambda: True, asked=True)

    def rest(self, keeper: Keeper, memory: Memory, minutes: int = 6) -> Trigger | None:
        due = None
        for _ in range(minutes):
            self.now += timedelta(minutes=1)
            due = keeper.look(memory).due
        return due


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture(autouse=True)
def small_cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    """A night of many cycles."""
    monkeypatch.setattr("hpm_engine.keeper.CYCLE_MEMORIES", CYCLE_MEMORIES._replace(value=5))


def night(keeper: Keeper, memory: Memory, room: Room) -> int:
    keeper.look(memory)
    assert room.rest(keeper, memory) is Trigger.IDLE
    cycles = 0
    while keeper.look(memory).due is not None:
        report = keeper.run(memory, Trigger.IDLE, Job())
        assert report is not None
        cycles += 1
    return cycles


def test_a_night_of_many_cycles_is_one_entry_and_undone_whole(memory: Memory, room: Room) -> None:
    memory.consolidation.run(5)
    before = tables(memory)
    cycles = night(room.keeper(), memory, room)
    assert cycles == 23 > UNDOABLE_RUNS.value
    tier = memory.consolidation
    runs = tier.undoable()
    assert [(run.first, run.last, run.cycles) for run in runs] == [(2, 24, 23), (1, 1, 1)]
    assert (runs[0].memories, tier.waiting()) == (115, 0)
    assert runs[0].began <= runs[0].at
    undone = tier.undo()
    assert (undone.id, undone.run) == (24, 2)
    assert tables(memory) == before
    assert [cycle.id for cycle in tier.cycles() if cycle.undone_at is None] == [1]
    assert memory.audit.page()[-1].detail == '{"cycles":23,"first":2}'
    assert tier.undo().id == 1
    assert memory.audit.verify().broken_at is None


def test_what_undoes_a_run_does_not_grow_with_its_cycles(memory: Memory, room: Room) -> None:
    night(room.keeper(), memory, room)
    kept = memory.internals.database.value("SELECT count(*) FROM cycles WHERE undo IS NOT NULL")
    assert kept == 1


def test_what_a_person_does_in_between_ends_the_run(memory: Memory, room: Room) -> None:
    keeper = room.keeper()
    keeper.look(memory)
    assert room.rest(keeper, memory) is Trigger.IDLE
    keeper.run(memory, Trigger.IDLE, Job())
    keeper.run(memory, Trigger.IDLE, Job())
    memory.consolidation.run(5)
    keeper.run(memory, Trigger.IDLE, Job())
    keeper.run(memory, Trigger.IDLE, Job())
    runs = [(cycle.first, cycle.last) for cycle in memory.consolidation.undoable()]
    assert runs == [(4, 5), (3, 3), (1, 2)]


def test_two_nights_are_two_runs(
    memory: Memory, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = room.keeper()
    keeper.look(memory)
    for _ in range(2):
        assert room.rest(keeper, memory) is Trigger.IDLE
        for _ in range(3):
            keeper.run(memory, Trigger.IDLE, Job())
        monkeypatch.setattr(keeper, "_activity", lambda _, now=room.now: now)
        assert keeper.look(memory).due is None
    assert [(cycle.first, cycle.last) for cycle in memory.consolidation.undoable()] == [
        (4, 6),
        (1, 3),
    ]


def test_the_last_ten_runs_keep_what_undoes_them(memory: Memory, room: Room) -> None:
    for _ in range(UNDOABLE_RUNS.value + 2):
        memory.consolidation.run(3)
    assert len(memory.consolidation.undoable()) == UNDOABLE_RUNS.value
    for _ in range(UNDOABLE_RUNS.value):
        memory.consolidation.undo()
    with pytest.raises(NotFound, match="too long past"):
        memory.consolidation.undo()


def test_the_map_steps_over_a_run_as_one(memory: Memory, room: Room) -> None:
    memory.consolidation.run(5)
    night(room.keeper(), memory, room)
    moments = memory.consolidation.map.moments()
    assert [moment.cycle_id for moment in moments] == [0, 1, 24]


# -- the bound on the sum --------------------------------------------------------------------------


@pytest.fixture
def leaky(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> Memory:
    """Each cycle after the first loses two points of what canaries find."""
    memory.consolidation.run(60)
    monkeypatch.setattr(conclusion, "lost", lambda before, after: 0.02)
    return memory


def test_losses_below_the_bound_add_up_until_a_person_agrees(leaky: Memory) -> None:
    tier = leaky.consolidation
    assert FORGETTING_BOUND.value == 0.05
    reports = [tier.run(5) for _ in range(3)]
    assert [round(report.lost, 2) for report in reports] == [0.02, 0.04, 0.06]
    assert [bool(report.refused) for report in reports] == [False, False, True]
    assert reports[2].asks and reports[2].id is None
    assert "6.0 points" in reports[2].refused and "at most 5.0" in reports[2].refused
    waits = tier.agreement()
    assert (waits.cycle, round(waits.lost, 2), waits.refused) == (0, 0.04, reports[2].refused)
    tier.agree()
    assert leaky.audit.page()[-1].subject == "setting:consolidation_agreed"
    agreed = tier.agreement()
    assert (agreed.cycle, agreed.lost, agreed.refused) == (3, 0.0, "")
    again = tier.run(5)
    assert (again.refused, round(again.lost, 2)) == ("", 0.02)


def test_undoing_takes_its_losses_back(leaky: Memory) -> None:
    tier = leaky.consolidation
    tier.run(5), tier.run(5)
    tier.undo()
    assert round(tier.agreement().lost, 2) == 0.02
    assert not tier.run(5).refused


def test_what_a_person_does_to_prototypes_keeps_the_sum(leaky: Memory) -> None:
    tier = leaky.consolidation
    tier.run(5)
    tier.forget([tier.prototypes()[0].id])
    assert round(tier.agreement().lost, 2) == 0.02


def test_what_is_found_again_counts_back(leaky: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    tier = leaky.consolidation
    tier.run(5), tier.run(5)
    monkeypatch.setattr(conclusion, "lost", lambda before, after: -0.03)
    assert round(tier.run(5).lost, 2) == 0.01


def test_the_schedule_waits_for_a_person_to_agree(leaky: Memory, room: Room) -> None:
    keeper = room.keeper()
    keeper.look(leaky)
    room.rest(keeper, leaky)
    while keeper.look(leaky).due is not None:
        keeper.run(leaky, Trigger.IDLE, Job())
    refused = leaky.consolidation.cycle_count()
    other = room.keeper()
    other.look(leaky)
    assert room.rest(other, leaky) is None
    assert other.look(leaky).waits is Wait.AGREEMENT
    assert leaky.consolidation.cycle_count() == refused
    leaky.consolidation.agree()
    assert other.look(leaky).due is Trigger.IDLE


def test_the_number_shown_is_the_number_tested(memory: Memory) -> None:
    memory.consolidation.run(60)
    report = memory.consolidation.run(40)
    assert report.found_before is not None and report.found is not None
    assert report.lost == pytest.approx(report.found_before - report.found)
    assert report.canaries > 20


# -- all that waits --------------------------------------------------------------------------------


def test_all_that_waits_is_learned_in_one_run_and_undone_whole(memory: Memory) -> None:
    tier = memory.consolidation
    before = tables(memory)
    waiting = tier.runs.waiting()
    assert waiting.memories == tier.waiting() > 50
    assert waiting.episodes == memory.figures.stats().episodes
    report = tier.runs.learn(20)
    cycles = -(-waiting.memories // 20)
    assert (report.memories, report.cycles, report.left) == (waiting.memories, cycles, 0)
    assert (tier.waiting(), len(tier.undoable())) == (0, 1)
    assert set(report.born) <= {prototype.id for prototype in tier.prototypes()}
    assert (tier.runs.count(), tier.runs.listed()) == (1, [report])
    assert [cycle.id for cycle in tier.runs.cycles(report)] == list(range(1, cycles + 1))
    tier.undo()
    assert tables(memory) == before
    assert tier.runs.listed()[0].undone_at is not None


def test_a_run_that_is_stopped_keeps_what_it_learned(memory: Memory) -> None:
    tier = memory.consolidation
    waiting = tier.waiting()

    def look(progress: Progress) -> None:
        if progress.done >= 45:
            job.cancel()

    job = Job(look, interval=0.0)
    report = tier.runs.learn(20, job)
    assert report.stopped and (report.cycles, report.memories) == (2, 40)
    assert report.left == tier.waiting() == waiting - 40
    assert len(tier.undoable()) == 1
    stopped = Job()
    stopped.cancel()
    with pytest.raises(Cancelled):
        tier.runs.learn(20, stopped)
    assert tier.waiting() == waiting - 40


def test_the_progress_of_a_run_never_goes_back_and_names_the_cycle(memory: Memory) -> None:
    seen: list[Progress] = []
    total = memory.consolidation.waiting()
    memory.consolidation.runs.learn(20, Job(seen.append, interval=0.0))
    done = [progress.done for progress in seen]
    assert done == sorted(done) and {progress.total for progress in seen} == {total}
    assert {progress.note.rpartition(", ")[2] for progress in seen} >= {"cycle 1", "cycle 2"}


def test_a_run_ends_with_the_cycle_by_which_it_would_forget_too_much(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sum is guarded even where what was found again before would allow more."""
    tier = memory.consolidation
    tier.run(60)
    monkeypatch.setattr(conclusion, "lost", lambda before, after: -0.2)
    tier.run(5)
    monkeypatch.undo()
    shares = itertools.cycle([1.0, 0.98, 1.0, 1.0])  # before, after, and twice by project
    monkeypatch.setattr(conclusion, "found_share", lambda *_: {"": next(shares)})
    report = tier.runs.learn(5)
    assert (report.cycles, round(report.forgotten, 2)) == (2, 0.04)
    assert "the run would forget 6.0 points" in report.refused and not report.asks
    assert (report.memories, report.left) == (10, tier.waiting())
    newest = tier.runs.listed(0, 2)
    assert [run.refused for run in newest] == [report.refused, ""]
    assert newest[1].forgotten == pytest.approx(0.04)
    assert [cycle.refused for cycle in tier.runs.cycles(newest[0])] == [report.refused]
    monkeypatch.undo()
    assert tier.run(5).id == 5, "another run is not held to it"
