from __future__ import annotations

import time

import pytest
from sessions_made import add, drafts

from hpm_engine import BadQuery, BudgetKind, Memory, Tier

DAY = 86_400 * 1_000_000


def aged(memory: Memory, count: int) -> list[int]:
    """Episodes that ended a year ago and a day later each; the newest last."""
    start = time.time_ns() // 1000 - 365 * DAY
    return [add(memory, f"e{n}", drafts(20, n), at=start + n * DAY) for n in range(count)]


def test_the_newest_and_the_pinned_stay_whole_and_the_rest_is_compressed(memory: Memory) -> None:
    keys = aged(memory, 8)
    memory.set_setting("compression.newest", "3")
    memory.set_setting("compression.budget", "deep")
    memory.set_pinned([keys[1]], True)
    due = {one.episode_id for one in memory.compression.due()}
    assert due == {keys[0], keys[2], keys[3], keys[4]}
    assert all(one.tier is Tier.EPISODIC for one in memory.episodes(keys))
    assert memory.compression.age().compressed == 4
    tiers = {one.id for one in memory.episodes(keys) if one.tier is Tier.COMPRESSED}
    assert tiers == due
    assert memory.compression.read(keys[0]).budget.kind is BudgetKind.DEEP
    assert memory.compression.due() == ()


def test_what_is_pinned_or_recalled_again_comes_back(memory: Memory) -> None:
    keys = aged(memory, 6)
    memory.set_setting("compression.newest", "0")
    assert memory.compression.age().compressed == 6
    memory.set_pinned([keys[0]], True)
    memory.prepare_recall()
    used = keys[3]
    cue = memory.steps(used, 1, 2)[0].parts[1].text  # a command with words of its own
    for _ in range(6):
        found = memory.recall(cue, k=1)
        assert found.context.episode_ids == (used,)
    assert {one.episode_id for one in memory.compression.due()} >= {keys[0], used}
    memory.compression.age()
    whole = {one.id for one in memory.episodes(keys) if one.tier is Tier.EPISODIC}
    assert {keys[0], used} <= whole
    assert any(row.action == "restore" for row in memory.audit())


def test_whole_texts_stay_where_they_are(memory: Memory) -> None:
    (key,) = aged(memory, 1)
    before = memory.steps(key)
    memory.set_setting("compression.newest", "0")
    memory.compression.age()
    assert memory.steps(key) == before


@pytest.mark.parametrize(
    ("name", "value"), [("newest", "many"), ("budget", "tiny"), ("ratio", "0"), ("ratio", "nan")]
)
def test_settings_that_make_no_sense_are_said(memory: Memory, name: str, value: str) -> None:
    memory.set_setting(f"compression.{name}", value)
    with pytest.raises(BadQuery, match="make no sense"):
        memory.compression.due()
