from __future__ import annotations

import time

import pytest

from hpm_engine import AgeingSettings, BadQuery, Budget, BudgetKind, Memory, Originals, Tier
from tests.support.patched_sessions import add, drafts

DAY = 86_400 * 1_000_000


def aged(memory: Memory, count: int) -> list[int]:
    """Episodes that ended a year ago and a day later each; the newest last."""
    start = time.time_ns() // 1000 - 365 * DAY
    return [add(memory, f"e{n}", drafts(20, n), at=start + n * DAY) for n in range(count)]


def test_the_newest_and_the_pinned_stay_whole_and_the_rest_is_compressed(memory: Memory) -> None:
    keys = aged(memory, 8)
    memory.settings.set("compression.newest", "3")
    memory.settings.set("compression.budget", "deep")
    memory.marks.set_pinned([keys[1]], True)
    due = {move.episode_id for move in memory.compression.ageing.due()}
    assert due == {keys[0], keys[2], keys[3], keys[4]}
    assert all(episode.tier is Tier.EPISODIC for episode in memory.episodes.get(keys))
    assert memory.compression.ageing.run().compressed.compressed == 4
    tiers = {episode.id for episode in memory.episodes.get(keys) if episode.tier is Tier.COMPRESSED}
    assert tiers == due
    assert memory.compression.read(keys[0]).budget.kind is BudgetKind.DEEP
    assert memory.compression.ageing.due() == ()


def test_what_is_pinned_or_recalled_again_comes_back(memory: Memory) -> None:
    keys = aged(memory, 6)
    memory.settings.set("compression.newest", "0")
    assert memory.compression.ageing.run().compressed.compressed == 6
    memory.marks.set_pinned([keys[0]], True)
    memory.recall.prepare()
    used = keys[3]
    cue = memory.steps.read(used, 1, 2)[0].parts[1].text  # a command with words of its own
    for _ in range(6):
        recall = memory.recall.ask(cue, k=1)
        assert recall.context.episode_ids == (used,)
    assert {move.episode_id for move in memory.compression.ageing.due()} >= {keys[0], used}
    memory.compression.ageing.run()
    whole = {episode.id for episode in memory.episodes.get(keys) if episode.tier is Tier.EPISODIC}
    assert {keys[0], used} <= whole
    assert any(row.action == "restore" for row in memory.audit.page())


def test_whole_texts_stay_where_they_are(memory: Memory) -> None:
    (key,) = aged(memory, 1)
    before = memory.steps.read(key)
    memory.settings.set("compression.newest", "0")
    memory.compression.ageing.run()
    assert memory.steps.read(key) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("newest", "many"),
        ("budget", "tiny"),
        ("ratio", "0"),
        ("ratio", "nan"),
        ("originals", "sold"),
        ("originals", "days soon"),
        ("project.shop", "deep none"),
        ("automatic", "perhaps"),
    ],
)
def test_settings_that_make_no_sense_are_said(memory: Memory, name: str, value: str) -> None:
    memory.settings.set(f"compression.{name}", value)
    with pytest.raises(BadQuery, match="make no sense"):
        memory.compression.ageing.due()


def test_settings_are_read_back_as_they_were_set_and_logged(memory: Memory) -> None:
    wanted = AgeingSettings(
        newest=7,
        budget=Budget(BudgetKind.DEEP, 16),
        projects={"web": Budget(), "a.b": Budget(BudgetKind.STANDARD, 24)},
        originals=Originals.DAYS,
        days=12,
        automatic=False,
    )
    memory.compression.ageing.set(wanted)
    assert memory.compression.ageing.settings() == wanted
    before = memory.audit.count()
    memory.compression.ageing.set(wanted)
    assert memory.audit.count() == before
    memory.compression.ageing.set(AgeingSettings())
    assert memory.compression.ageing.settings() == AgeingSettings()


def test_wrong_settings_are_refused_and_nothing_is_set(memory: Memory) -> None:
    with pytest.raises(BadQuery, match="make no sense"):
        memory.compression.ageing.set(AgeingSettings(newest=3, days=-1, originals=Originals.DAYS))
    assert memory.compression.ageing.settings() == AgeingSettings()


def test_a_project_is_compressed_by_its_own_budget(memory: Memory) -> None:
    shop, web = (add(memory, name, drafts(20, 3), name, at=1) for name in ("shop", "web"))
    memory.compression.ageing.set(
        AgeingSettings(newest=0, projects={"web": Budget(BudgetKind.DEEP, 6)})
    )
    assert memory.compression.ageing.run().compressed.compressed == 2
    assert memory.compression.read(shop).budget == Budget()
    assert memory.compression.read(web).budget == Budget(BudgetKind.DEEP, 6)
