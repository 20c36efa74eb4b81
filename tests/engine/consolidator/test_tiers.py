from __future__ import annotations

from hpm_engine import (
    AgeingSettings,
    Budget,
    EpisodeQuery,
    Kept,
    Memory,
    Originals,
    Tier,
)
from tests.support.lessons import tables, write_lessons

ROOMY = Budget(ratio=1.0)  # the lessons are too short for a twelfth


def tiers(memory: Memory) -> dict[int, Tier]:
    return {episode.id: episode.tier for episode in memory.episodes.get(range(1, 1_000))}


def held(memory: Memory) -> dict[int, int]:
    """How many memories of each episode prototypes hold."""
    held: dict[int, set[int]] = {}
    for prototype in memory.consolidation.prototypes():
        for member in memory.consolidation.members(prototype.id):
            held.setdefault(member.episode_id, set()).add(member.number)
    return {key: len(numbers) for key, numbers in held.items()}


def test_an_episode_is_consolidated_once_prototypes_hold_all_of_it(memory: Memory) -> None:
    memory.consolidation.run(60)
    part, now = held(memory), tiers(memory)
    assert set(part.values()) == {1, 2}
    assert {key for key, tier in now.items() if tier is Tier.CONSOLIDATED} == {
        key for key, count in part.items() if count == 2
    }
    memory.consolidation.run(120)
    assert set(tiers(memory).values()) == {Tier.CONSOLIDATED}
    assert len(memory.episodes.find(EpisodeQuery(text="tier:consolidated"))) == 60


def test_undo_puts_back_every_tier(memory: Memory) -> None:
    memory.compression.compress([1, 2, 3], ROOMY)
    before = tables(memory)
    assert {tiers(memory)[key] for key in (1, 2, 3)} == {Tier.COMPRESSED}
    memory.consolidation.run(120)
    assert tiers(memory)[1] is Tier.CONSOLIDATED
    memory.consolidation.undo()
    assert tables(memory) == before


def test_what_happened_to_the_texts_since_is_kept_by_undo(memory: Memory) -> None:
    memory.compression.compress([1, 2], ROOMY)
    memory.consolidation.run(120)
    memory.compression.restore([1])
    memory.compression.compress([3], ROOMY)
    assert {tiers(memory)[key] for key in (1, 2, 3)} == {Tier.CONSOLIDATED}
    memory.consolidation.undo()
    now = tiers(memory)
    assert (now[1], now[2], now[3]) == (Tier.EPISODIC, Tier.COMPRESSED, Tier.COMPRESSED)


def test_a_consolidated_episode_ages_as_its_texts_are_kept(memory: Memory) -> None:
    memory.settings.set("compression.newest", "0")
    memory.consolidation.run(120)
    memory.compression.compress([1], ROOMY)
    memory.marks.set_pinned([1], True)
    assert [(move.episode_id, move.becomes) for move in memory.compression.ageing.due()][:1] == [
        (1, Kept.WHOLE)
    ]


def test_an_episode_that_grows_leaves_tier_3_until_the_rest_is_learned(memory: Memory) -> None:
    memory.consolidation.run(120)
    write_lessons(memory, "alpha", 1, first=0, steps=15)
    assert tiers(memory)[1] is Tier.EPISODIC
    memory.consolidation.run(120)
    assert tiers(memory)[1] is Tier.CONSOLIDATED


def learned(memory: Memory) -> set[int]:
    results = memory.episodes.find(EpisodeQuery(learned=True))
    return set(results.window(0, len(results)))


def test_undo_calls_nothing_learned_that_has_grown_since(memory: Memory) -> None:
    memory.consolidation.run(120)
    keys = [
        prototype.id
        for prototype in memory.consolidation.prototypes()
        if holds(memory, prototype.id, 1)
    ]
    memory.consolidation.forget(keys)
    assert 1 not in learned(memory)
    write_lessons(memory, "alpha", 1, first=0, steps=25)
    memory.consolidation.undo()
    assert memory.consolidation.waiting() == 3
    assert learned(memory) == set(range(2, 61))


def holds(memory: Memory, prototype: int, episode: int) -> bool:
    return any(member.episode_id == episode for member in memory.consolidation.members(prototype))


def test_what_is_evicted_stays_learned_in_later_cycles(memory: Memory) -> None:
    memory.consolidation.run(120)
    memory.compression.compress([1, 2, 3], ROOMY)
    memory.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
    memory.compression.ageing.evict()
    assert {episode.kept for episode in memory.episodes.get([1, 2, 3])} == {Kept.EVICTED}
    write_lessons(memory, "delta", 5)
    memory.consolidation.run(120)
    assert learned(memory) == set(range(1, 66))
    memory.consolidation.undo()
    assert learned(memory) == set(range(1, 61))
    keys = [
        prototype.id
        for prototype in memory.consolidation.prototypes()
        if holds(memory, prototype.id, 1)
    ]
    memory.consolidation.forget(keys)
    assert not learned(memory) & {1, 2, 3}
    memory.consolidation.undo()
    assert learned(memory) == set(range(1, 61))


def test_what_grew_and_is_not_encoded_yet_is_not_learned(memory: Memory) -> None:
    memory.consolidation.run(120)
    write_lessons(memory, "alpha", 1, first=0, steps=15, encoded=False)
    write_lessons(memory, "delta", 5)
    memory.consolidation.run(120)
    assert learned(memory) == set(range(2, 66))


def test_an_episode_tells_which_prototypes_hold_its_memories(memory: Memory) -> None:
    assert memory.consolidation.holding(1) == []
    assert memory.episodes.detail(1).held_by == 0
    memory.consolidation.run(120)
    held = memory.consolidation.holding(1)
    assert memory.episodes.detail(1).held_by == len(held) > 0
    links = memory.consolidation.of_episode(1)
    assert {share.prototype.id: (share.memories, share.share) for share in held} == {
        key: (
            sum(link.prototype_id == key for link in links),
            sum(link.weight for link in links if link.prototype_id == key),
        )
        for key in {link.prototype_id for link in links}
    }
    assert [share.share for share in held] == sorted((share.share for share in held), reverse=True)
    memory.consolidation.rename(held[0].prototype.id, "what it is about")
    assert memory.consolidation.holding(1)[0].prototype.told == "what it is about"
    memory.consolidation.undo()
    assert memory.consolidation.holding(1) == []
