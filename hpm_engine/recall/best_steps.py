"""The steps that answer a cue best, by their words and by their meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from heapq import nlargest

from hpm_engine.recall.fusion import Measured, fuse
from hpm_engine.recall.weights import PartName
from hpm_engine.store.rows.steps import place_of

FORWARD = 512  # steps of a scope that words and meaning each put forward
FORWARD_OF_ALL = 256  # steps of a whole store

Ranked = list[tuple[int, float]]  # step ids with their scores, best first


def rank_steps(
    words: Mapping[int, float],
    meaning: Mapping[int, float],
    members: Set[int] | None = None,
    most: int | None = None,
) -> Ranked:
    """Steps of ``members`` (episodes; ``None``: all) with their scores, best first, ties by id.

    Of those that words put forward the best ``most``. The score is the plain sum of two z-scores,
    of BM25 and of the cosine, each among all steps that either puts forward; a step that only one
    of them knows has the least of the other.
    """
    within = words
    if members is not None:
        within = {key: value for key, value in words.items() if place_of(key)[0] in members}
    pool = within.keys() | meaning.keys()
    if most is not None:
        best = nlargest(most, within, key=lambda key: (within[key], -key))
        pool = set(best) | meaning.keys()
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


def first_of_each(ranked: Ranked, count: int) -> dict[int, Ranked]:
    """The best ``count`` steps of each episode, by episode."""
    best: dict[int, Ranked] = {}
    for key, value in ranked:
        mine = best.setdefault(place_of(key)[0], [])
        if len(mine) < count:
            mine.append((key, value))
    return best
