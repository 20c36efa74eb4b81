from __future__ import annotations

import numpy as np
import pytest

from hpm_engine.compressor.compression import ROW, Compression, compress
from hpm_engine.compressor.evidence.identifiers import EpisodeIdentifiers
from hpm_engine.compressor.evidence.scorer import Evidence, Filling, Scorer
from hpm_engine.compressor.evidence.trajectory import trajectory
from hpm_engine.compressor.packing.container import unpack
from hpm_engine.compressor.packing.step_values import ROW as VALUE_ROW
from hpm_engine.compressor.scorers.rules import COUNT
from hpm_engine.compressor.scorers.scorers import scorers
from hpm_engine.encoder.shipped import DIMENSION
from hpm_engine.values.compression import Budget, BudgetKind, KeptFor
from tests.support.patched_sessions import steps


def compressed(length: int, scorer: Scorer, budget: Budget) -> Compression | None:
    of = trajectory(steps(length))
    return compress(Evidence(of, EpisodeIdentifiers(of), ()), scorer, budget)


def allowed(compression: Compression, budget: Budget) -> float:
    of = compression.zstd_size if budget.kind is BudgetKind.DEEP else compression.raw_size
    assert of is not None
    return of / budget.ratio


@pytest.mark.parametrize("kind", list(BudgetKind))
@pytest.mark.parametrize("length", [1, 2, 3, 5, 12, 13, 40, 100, 700, 5_000, 20_000])
def test_no_episode_takes_more_than_its_budget(length: int, kind: BudgetKind) -> None:
    budget = Budget(kind)
    compression = compressed(length, COUNT, budget)
    if compression is None:  # it stays whole: only what is tiny may
        assert length < 40
        return
    assert len(compression.data) + ROW <= allowed(compression, budget)
    if length >= 40:
        assert len(compression.data) + ROW > 0.9 * allowed(compression, budget)
    kept = unpack(compression.data)
    assert kept.length == len(kept.mask) == length


@pytest.mark.parametrize("length", [1, 2, 11, 12, 13, 40, 1_200, 20_000])
def test_a_budget_that_holds_the_best_steps_values_is_met_too(length: int) -> None:
    of = trajectory(steps(length))
    vectors = np.random.default_rng(length).standard_normal((length, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    evidence = Evidence(of, EpisodeIdentifiers(of), (), actions=vectors, shown=vectors[::-1])
    for ratio in (1.5, 12.0):
        compression = compress(evidence, COUNT, Budget(BudgetKind.STANDARD, ratio))
        if compression is None:
            assert length < 40
            continue
        assert (len(compression.data) + ROW) * ratio <= compression.raw_size
        kept = unpack(compression.data)
        assert len(kept.valued) in (0, -(-length // 12))
        assert len(kept.values) == len(kept.valued) * VALUE_ROW
        if length >= 40:
            assert bool(kept.valued) == (ratio == 1.5)


@pytest.mark.parametrize("kind", list(BudgetKind))
@pytest.mark.parametrize("scorer", scorers().values(), ids=lambda scorer: scorer.name)
def test_each_scorer_fills_the_budget_and_no_more(scorer: Scorer, kind: BudgetKind) -> None:
    for ratio in (6.0, 12.0, 24.0):
        budget = Budget(kind, ratio)
        compression = compressed(120, scorer, budget)
        assert compression is not None
        stored = len(compression.data) + ROW
        assert stored <= allowed(compression, budget)
        if scorer.filling is not Filling.ACTIONS:  # all actions together may be less
            assert stored > 0.85 * allowed(compression, budget)


def test_what_is_kept_stands_in_the_episode_where_it_is_said_to_stand() -> None:
    compression = compressed(60, COUNT, Budget())
    assert compression is not None
    whole = steps(60)
    for span in unpack(compression.data).spans:
        lines = whole[span.seq].parts[span.part].text.split("\n")
        end = span.line + span.text.count("\n") + 1
        assert "\n".join(lines[span.line : end]) == span.text
    for word in unpack(compression.data).ledger:
        assert word.seq is not None
        assert any(word.word in part.text for part in whole[word.seq].parts)


def test_task_and_final_patch_are_always_kept() -> None:
    compression = compressed(60, COUNT, Budget())
    assert compression is not None
    kept = {span.reason: span.text for span in unpack(compression.data).spans}
    assert "DiscountRule" in kept[KeptFor.TASK]
    assert "convert_currency" in kept[KeptFor.CHANGE]
