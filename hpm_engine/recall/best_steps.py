"""The steps that answer a cue best, by their words and by their meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from heapq import nlargest

from hpm_engine.recall.fusion import Measured, fuse
from hpm_engine.recall.weights import PartName
from hpm_engine.store.step_rows import place_of

FORWARD = 512  # steps of a scope that words and meaning each put forward
FORWARD_OF_ALL = 256  # steps of a whole store


def rank_steps(
    words: Mapping[int, float], meaning: Mapping[int, float], members: Set[int] | None
) -> list[tuple[int, float]]:
    """Steps of ``members`` (episodes; ``None``: all) with their scores, best first, ties by id.

    The score is the plain sum of two z-scores, of BM25 and of the cosine, each among all steps
    that either puts forward; a step that only one of them knows has the least of the other.
    """
    within = words
    if members is not None:
        within = {key: value for key, value in words.items() if place_of(key)[0] in members}
    pool = set(nlargest(FORWARD, within, key=lambda key: (within[key], -key))) | meaning.keys()
    parts = [Measured("words", 1.0, within)]
    if meaning:
        parts.append(Measured("meaning", 1.0, meaning, min(meaning.values())))
    ranking = fuse(sorted(pool), parts)
    return list(zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True))


def best_of_each(ranked: Sequence[tuple[int, float]], weight: float) -> list[Measured]:
    """Each episode's best step as a part of its score; the rest have the least of all."""
    if not weight or not ranked:
        return []
    best: dict[int, float] = {}
    for key, value in ranked:
        best.setdefault(place_of(key)[0], value)
    return [Measured(PartName.STEPS, weight, best, ranked[-1][1])]
