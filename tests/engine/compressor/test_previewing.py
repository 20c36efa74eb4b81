from __future__ import annotations

import msgspec
import numpy as np
import pytest

from hpm_engine import (
    AgeingSettings,
    Budget,
    Cancelled,
    CompressedOrder,
    DamagedStore,
    Job,
    Memory,
    NotFound,
    NotRebuilt,
    Originals,
    RebuiltSteps,
)
from tests.support.patched_sessions import add, drafts


def test_a_smaller_budget_keeps_less_of_the_same_episode(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    sizes = [memory.compression.preview(key, Budget(ratio=r)).stored_size for r in (6, 12, 24)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[2]


def test_an_episode_that_grew_is_studied_again(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    assert memory.compression.preview(key).steps == 60
    add(memory, "one", (*drafts(60), *drafts(4, seed=5)))
    assert memory.compression.preview(key).steps == 64
    assert len(memory.compression.curve(key).values) == 64


def test_the_curve_spans_its_range_and_has_the_previews_change_points(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    curve = memory.compression.curve(key)
    assert (min(curve.values), max(curve.values)) == (0.0, 1.0)
    assert curve.points == memory.compression.preview(key).decision_points
    with pytest.raises(NotFound):
        memory.compression.curve(key + 1)


def test_every_identifier_is_verbatim_or_in_the_ledger_or_lost(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    kept = memory.compression.preview(key)
    identifiers = memory.compression.identifiers(kept)
    assert (
        identifiers.total == identifiers.verbatim + len(identifiers.ledger_only) + identifiers.lost
    )
    texts = "\n".join(span.text for span in kept.spans)
    assert all(word.word not in texts.split() for word in identifiers.ledger_only)
    assert all(word not in texts.split() for word, _ in identifiers.most_used_lost)
    harder = memory.compression.identifiers(memory.compression.preview(key, Budget(ratio=48)))
    assert harder.total == identifiers.total
    assert harder.lost > identifiers.lost


def test_compressed_memories_are_listed_in_each_order(memory: Memory) -> None:
    assert len(memory.compression.listed()) == 0
    keys = [add(memory, f"s{n}", drafts(30 + 20 * n, seed=n)) for n in range(3)]
    memory.compression.compress(keys[:2])
    memory.compression.compress(keys[2:], Budget(ratio=24))
    listing = memory.compression.listed(CompressedOrder.LEAST_RATIO)
    ratios = memoryview(listing.ratios).cast("d").tolist()
    assert ratios == sorted(ratios) and listing.window(0, 3)[2] == keys[2]
    least = memory.compression.listed(CompressedOrder.LEAST_KEPT).window(0, 3)
    shares = [memory.episodes.detail(key).episode.kept_share or 0 for key in least]
    assert shares == sorted(shares)
    largest = memory.compression.listed(CompressedOrder.LARGEST).window(0, 3)
    sizes = [memory.compression.read(key).stored_size for key in largest]
    assert sizes == sorted(sizes, reverse=True) and sum(sizes) == listing.stored_size


def test_a_brief_is_what_reading_the_memory_says(memory: Memory) -> None:
    keys = [add(memory, "short", drafts(40)), add(memory, "long", drafts(450, seed=3))]
    memory.compression.compress(keys)
    short, long = memory.compression.briefs([*keys, 99])
    kept = memory.compression.read(keys[0])
    assert short.mask == kept.mask
    assert [s for s, held in enumerate(short.kept) if held] == list(kept.kept_steps)
    assert (short.kept_steps, short.stored_size) == (len(kept.kept_steps), kept.stored_size)
    assert (long.steps, len(long.mask), len(long.kept)) == (450, 200, 200)
    assert max(long.mask) == max(memory.compression.read(keys[1]).mask)
    memory.compression.restore(keys[:1])
    assert [brief.episode_id for brief in memory.compression.briefs(keys)] == keys[1:]


def test_steps_are_rebuilt_from_stored_values_alone(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    roomy = Budget(ratio=1.5)
    memory.compression.compress([key], roomy)
    kept = memory.compression.read(key)
    mask = np.frombuffer(kept.mask, np.uint8)
    assert len(kept.valued) == 5
    assert mask[list(kept.valued)].min() >= np.delete(mask, kept.valued).max()
    assert "values" in {car.name for car in kept.side_cars}
    rebuilding = memory.compression.rebuilt(kept)
    assert isinstance(rebuilding, RebuiltSteps)
    assert rebuilding == memory.compression.rebuilt(memory.compression.preview(key, roomy))
    assert rebuilding.valued == kept.valued
    assert len(rebuilding.nearest) == len(rebuilding.cosines) == 60
    # Made texts are unlike each other: only what was kept is found, but for one or two by chance.
    again = set(rebuilding.found)
    assert len(again.intersection(kept.valued)) >= len(kept.valued) - 1
    assert len(again.difference(kept.valued)) <= 6
    other = msgspec.structs.replace(kept, values=kept.values[::-1])
    lost = memory.compression.rebuilt(other)
    assert isinstance(lost, RebuiltSteps)
    assert len(set(lost.found).intersection(kept.valued)) < len(kept.valued) - 1


def test_values_that_do_not_fit_are_not_stored(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    kept = memory.compression.preview(key)
    assert kept.valued == ()
    assert kept.values == b""
    assert "values" not in {car.name for car in kept.side_cars}
    assert memory.compression.rebuilt(kept) is NotRebuilt.NO_VALUES


def test_values_of_another_state_and_damaged_ones_rebuild_nothing(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    kept = memory.compression.preview(key, Budget(ratio=1.5))
    damaged = msgspec.structs.replace(kept, values=b"\xff" * len(kept.values))
    with pytest.raises(DamagedStore):
        memory.compression.rebuilt(damaged)
    assert add(memory, "one", (*drafts(60), *drafts(2, seed=5))) == key
    assert memory.compression.rebuilt(kept) is NotRebuilt.CHANGED


def test_an_evicted_episode_has_nothing_to_compare_with(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    memory.compression.compress([key], Budget(ratio=1.5))
    kept = memory.compression.read(key)
    memory.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
    assert memory.compression.ageing.evict().episodes == 1
    assert memory.compression.rebuilt(kept) is NotRebuilt.EVICTED


def test_rebuilding_stops_when_asked(memory: Memory) -> None:
    key = add(memory, "one", drafts(60))
    kept = memory.compression.preview(key, Budget(ratio=1.5))
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        memory.compression.rebuilt(kept, job)


def test_a_preview_after_other_budgets_is_what_compression_writes(memory: Memory) -> None:
    key = add(memory, "one", drafts(120))
    compression = memory.compression
    for ratio in (3.0, 64.0, 12.0):
        compression.preview(key, Budget(ratio=ratio))
    order = compression.order(key)
    shown = compression.preview(key, Budget(ratio=24.0))
    compression.compress([key], Budget(ratio=24.0))
    written = compression.read(key)
    assert msgspec.structs.replace(written, made_at=None) == shown
    steps = np.frombuffer(order.steps, np.int32)
    texts = memory.steps.read(key)
    lines = sum(part.text.count("\n") + 1 for step in texts for part in step.parts if part.text)
    assert len(steps) == lines
    held = sum(span.text.count("\n") + 1 for span in shown.spans)
    assert sorted(set(steps[:held].tolist())) == list(shown.kept_steps)
    assert len(np.frombuffer(order.texts, np.float32)) == len(steps) + 1
    with pytest.raises(NotFound):
        compression.order(key, "no such scorer")
