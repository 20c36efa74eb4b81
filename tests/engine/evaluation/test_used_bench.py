"""Scripted sessions in many shapes: what they used of what they were given is told rightly."""

from __future__ import annotations

from hpm_engine.evaluation.usage.bench import figures, played


def test_most_shapes_are_judged_rightly_and_a_shared_word_tells_little() -> None:
    results = figures([*played("developed", 3), *played("held out", 103)])
    assert results["sessions"].value >= 35
    assert results["precision"].value >= 0.9
    assert results["recall"].value >= 0.9
    assert results["looked_at"].value == 1.0
    assert results["any_shared_word_precision"].value < 0.3
