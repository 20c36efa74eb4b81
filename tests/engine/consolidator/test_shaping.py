from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from hpm_engine import BadQuery, CannotWrite, NotFound, Tier, Trigger
from hpm_engine.config import RETIREMENT_CYCLES
from hpm_engine.consolidator.base import floats
from hpm_engine.consolidator.long_term import LongTerm
from hpm_engine.consolidator.rule import SHIPPED
from hpm_engine.consolidator.upkeep import tidy
from hpm_engine.memory import Memory
from tests.support.lessons import tables, write_lessons


def heaviest(memory: Memory) -> list[int]:
    prototypes = sorted(
        memory.consolidation.prototypes(), key=lambda prototype: (-prototype.count, prototype.id)
    )
    return [prototype.id for prototype in prototypes]


def test_merging_keeps_every_memory_and_what_holds_it(memory: Memory) -> None:
    tier = memory.consolidation
    tier.run(120)
    before = {prototype.id: prototype for prototype in tier.prototypes()}
    first, second = heaviest(memory)[:2]
    plan = tier.merging([second, first])
    assert (plan.into, plan.gone) == (first, (second,))
    report = tier.merge([second, first])
    assert (report.id, report.trigger, report.merged) == (2, Trigger.MERGED, ((second, first),))
    after = {proto.id: proto for proto in tier.prototypes()}
    assert second not in after
    assert after[first].count == pytest.approx(before[first].count + before[second].count)
    assert after[first].fisher == pytest.approx(before[first].fisher + before[second].fisher)
    moved = 1 - floats(after[first].mean) @ floats(before[first].mean)
    assert moved == pytest.approx(plan.moved, abs=1e-6) and report.moved[first] == plan.moved
    links = [link for key in after for link in tier.members(key)]
    assert {(link.episode_id, link.number) for link in links} == {
        (episode, number) for episode in range(1, 61) for number in (0, 1)
    }
    assert tier.waiting() == 0


def test_forgetting_lets_memories_wait_again(memory: Memory) -> None:
    tier = memory.consolidation
    tier.run(120)
    gone = heaviest(memory)[0]
    alone = {(member.episode_id, member.number) for member in tier.members(gone)}
    others = [prototype.id for prototype in tier.prototypes() if prototype.id != gone]
    alone -= {(link.episode_id, link.number) for key in others for link in tier.members(key)}
    report = tier.forget([gone])
    assert (report.trigger, report.retired) == (Trigger.FORGOTTEN, (gone,))
    assert tier.waiting() == len(alone) > 0
    assert tier.members(gone) == []
    outside = {
        episode.id
        for episode in memory.episodes.get(range(1, 61))
        if episode.tier is not Tier.CONSOLIDATED
    }
    assert outside == {episode_id for episode_id, _ in alone}


@pytest.mark.parametrize("action", ["merge", "forget"])
def test_undoing_puts_back_every_byte_and_a_row_tells_of_both(memory: Memory, action: str) -> None:
    tier = memory.consolidation
    tier.run(120)
    before = tables(memory)
    getattr(tier, action)(heaviest(memory)[:2])
    assert tables(memory) != before
    assert tier.undo().id == 2
    assert tables(memory) == before
    log = [row.action for row in memory.audit.page()]
    assert log[-2:] == [f"{action} prototypes", "undo consolidation"]
    assert memory.audit.verify().broken_at is None


def test_a_cycle_after_an_edit_measures_forgetting_as_if_nothing_had_been_measured(
    memory: Memory,
) -> None:
    tier = memory.consolidation
    first = tier.run(60)
    tier.forget(heaviest(memory)[:1])
    assert first.after is not None
    second = tier.run(120, bound=1.0)
    assert second.after is not None and second.before is not None
    assert second.after.acc > 0.9


def test_a_preview_from_before_an_edit_is_not_accepted(memory: Memory) -> None:
    memory.consolidation.run(60)
    memory.consolidation.preview(60)
    memory.consolidation.forget(heaviest(memory)[:1])
    with pytest.raises(CannotWrite):
        memory.consolidation.accept()


def test_what_is_not_there_is_named(memory: Memory) -> None:
    memory.consolidation.run(60)
    before = tables(memory)
    for call in (memory.consolidation.merge, memory.consolidation.forget):
        with pytest.raises(NotFound, match="no topic 7"):
            call([7])
    with pytest.raises(BadQuery, match="at least two"):
        memory.consolidation.merge(heaviest(memory)[:1])
    with pytest.raises(NotFound, match="no topic 7"):
        memory.consolidation.set_pinned([7], True)
    assert tables(memory) == before


def test_names_and_pins_are_undone_and_outlast_the_undoing_of_a_cycle(memory: Memory) -> None:
    tier = memory.consolidation
    tier.run(60)
    key = heaviest(memory)[0]
    named = tier.rename(key, "  the first\n lesson ")
    pinned = tier.set_pinned([key], True)
    shown = tier.chosen([key])[0]
    assert (shown.name, shown.told, shown.pinned) == ("the first lesson", "the first lesson", True)
    assert not tier.set_pinned([key], True).changed
    write_lessons(memory, "delta", 20)
    tier.run(60)
    tier.undo()
    assert tier.chosen([key])[0].name == "the first lesson"
    redo = memory.marks.undo(named)
    assert tier.chosen([key])[0].told != "the first lesson"
    memory.marks.undo(redo)
    assert tier.chosen([key])[0].name == "the first lesson"
    memory.marks.undo(pinned)
    assert not tier.chosen([key])[0].pinned
    with pytest.raises(BadQuery, match="80 characters"):
        tier.rename(key, "x" * 81)


def test_an_undo_leaves_what_somebody_changed_since(memory: Memory) -> None:
    tier = memory.consolidation
    tier.run(60)
    key = heaviest(memory)[0]
    first = tier.rename(key, "one")
    tier.rename(key, "two")
    assert memory.marks.undo(first).before == ()
    assert tier.chosen([key])[0].name == "two"
    tier.forget([key])
    assert memory.marks.undo(first).before == ()


def test_a_pinned_prototype_moves_less(memory: Memory) -> None:
    tier = memory.consolidation
    tier.run(60)
    rule = structs.replace(SHIPPED, births=0)
    free = tier.preview(60, rule=rule).moved
    key = max(free, key=lambda episode: free[episode])
    tier.set_pinned([key], True)
    held = tier.preview(60, rule=rule).moved
    assert held[key] < 0.5 * free[key]


def test_no_cycle_retires_a_pinned_prototype_or_merges_it_away() -> None:
    means = np.eye(4)[[0, 0, 1, 2]]
    parts = LongTerm(means, np.ones((4, 4)), np.array([1.0, 9.0, 0.5, 0.5]), np.ones(4))
    idle = [0, 0, RETIREMENT_CYCLES.value, RETIREMENT_CYCLES.value]
    free = tidy(parts, idle)
    assert (free.merged, free.retired) == (((0, 1),), (2, 3))
    pinned = tidy(parts, idle, pinned=[0, 2])
    assert (pinned.merged, pinned.retired) == (((1, 0),), (3,))
    assert tidy(parts, idle, pinned=[0, 1]).merged == ()
