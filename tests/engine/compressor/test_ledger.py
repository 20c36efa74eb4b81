from __future__ import annotations

import numpy as np

from hpm_engine.compressor.evidence.identifiers import EpisodeIdentifiers
from hpm_engine.compressor.evidence.trajectory import trajectory
from hpm_engine.compressor.packing.ledger import PACKED, Ledger
from tests.support.patched_sessions import steps


def test_half_of_a_deep_ledger_is_what_the_agent_used_and_half_is_what_a_scorer_gives() -> None:
    words = EpisodeIdentifiers(trajectory(steps(60)))
    used = words.frequency(acted=True)
    worth = np.where(used == 0, np.float32(1), np.float32(0))  # a scorer that sees it the other way
    ledger, limit = Ledger(words, worth), 400
    order = ledger.by_both(limit)
    assert sorted(order) == list(range(len(words)))
    first = next(rank for rank, word in enumerate(order) if not used[word])
    half = limit * PACKED / 2
    assert half - 20 < ledger.sizes[order[:first]].sum() <= half, "a whole word more is too much"
    assert (np.diff((used[order[first:]] > 0).astype(int)) >= 0).all(), "then by worth alone"


def test_of_words_used_as_often_the_one_met_more_often_comes_first() -> None:
    words = EpisodeIdentifiers(trajectory(steps(60)))
    order = Ledger(words, np.zeros(len(words), np.float32)).by_both(10**9)
    used, total, sizes = words.frequency(acted=True), words.total(), words.sizes()
    key = np.log1p(total) + 3 * np.log1p(used) - 0.5 * np.log(sizes)
    assert (np.diff(key[order]) <= 1e-6).all()
    assert used[order[0]] > 0 and total[order[0]] >= np.median(total)
