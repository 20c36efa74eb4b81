from __future__ import annotations

import pytest

from hpm_engine import Budget, BudgetKind, DamagedStore, Memory, NotFound, Tier
from hpm_engine.errors import Cancelled
from hpm_engine.job import Job
from tests.support.patched_sessions import add, drafts


def test_what_was_compressed_is_read_back_from_disk(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    shown = memory.compression.preview(key)
    assert memory.episodes.detail(key).episode.tier is Tier.EPISODIC
    report = memory.compression.compress([key])
    assert (report.compressed, report.too_small) == (1, 0)
    kept = memory.compression.read(key)
    assert (kept.mask, kept.spans, kept.ledger) == (shown.mask, shown.spans, shown.ledger)
    assert kept.made_at is not None
    assert shown.made_at is None
    assert kept.stored_size == sum(car.size for car in kept.side_cars) <= kept.limit
    assert report.stored_size == kept.stored_size
    episode = memory.episodes.detail(key).episode
    assert episode.tier is Tier.COMPRESSED
    assert episode.kept_share == len(kept.kept_steps) / 60


def test_compression_is_logged_with_what_it_made(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    memory.compression.compress([key], Budget(BudgetKind.DEEP), "count")
    row = memory.audit.page()[-1]
    assert (row.action, row.subject) == ("compress", f"episode:{key}")
    assert '"scorer":"count"' in row.detail
    assert memory.compression.restore([key]).episodes == 1
    assert memory.audit.page()[-1].before == row.after
    assert memory.episodes.detail(key).episode.kept_share is None
    with pytest.raises(NotFound, match="not compressed"):
        memory.compression.read(key)
    assert memory.audit.verify().broken_at is None


def test_a_memory_of_an_earlier_state_is_none_of_the_episode(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    memory.compression.compress([key])
    assert add(memory, "one", (*drafts(60), *drafts(2, seed=5))) == key
    assert memory.episodes.detail(key).episode.tier is Tier.EPISODIC
    with pytest.raises(NotFound):
        memory.compression.read(key)


def test_what_is_too_small_stays_whole(memory: Memory) -> None:
    key = add(memory, "one", drafts(1))
    assert memory.compression.compress([key]).too_small == 1
    assert memory.episodes.detail(key).episode.tier is Tier.EPISODIC
    with pytest.raises(NotFound, match="too small"):
        memory.compression.preview(key)


def test_earlier_episodes_say_what_the_project_needs(memory: Memory) -> None:
    for number in range(4):
        add(memory, f"e{number}", drafts(60, seed=number), at=number + 1)
    last = add(memory, "last", drafts(60, seed=9), at=9)
    memory.compression.compress([last], Budget(BudgetKind.DEEP), "count by need rate")
    kept = {word.word for word in memory.compression.read(last).ledger}
    # The patches of the four earlier ones hold it; this one's patch is its only mention.
    assert "convert_currency" in kept


def test_a_cancelled_job_keeps_the_batches_before_it(memory: Memory) -> None:
    keys = [add(memory, f"e{n}", drafts(20, seed=n), at=n) for n in range(40)]
    job = Job(lambda progress: job.cancel() if progress.done >= 20 else None, interval=0)
    with pytest.raises(Cancelled):
        memory.compression.compress(keys, job=job)
    done = [episode.tier is Tier.COMPRESSED for episode in memory.episodes.get(keys)]
    assert 16 <= sum(done) < 40
    assert memory.compression.compress(keys).compressed == 40


def test_a_damaged_memory_is_said_to_be_damaged(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    memory.compression.compress([key])
    with memory.internals.database.writing():
        memory.internals.database.execute("UPDATE compressed SET data = substr(data, 1, 20)")
    with pytest.raises(DamagedStore, match="compressed memories"):
        memory.compression.read(key)


def test_a_memory_stays_when_its_episode_is_renamed(memory: Memory) -> None:
    key = add(memory, "one", drafts(60), title="quince")
    memory.compression.compress([key])
    before = memory.episodes.detail(key)
    assert add(memory, "one", drafts(60), title="medlar") == key
    after = memory.episodes.detail(key)
    assert after.episode.name == "medlar" and after.digest != before.digest
    assert after.episode.tier is Tier.COMPRESSED and memory.compression.read(key).kept_steps
    assert not memory.figures.health(check=True).problems
    add(memory, "one", (*drafts(60), *drafts(2, seed=5)), title="medlar")
    assert memory.episodes.detail(key).episode.tier is Tier.EPISODIC
