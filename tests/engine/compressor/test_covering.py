from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from hpm_engine.compressor.evidence.identifiers import EpisodeIdentifiers
from hpm_engine.compressor.evidence.trajectory import EpisodeLines, trajectory
from hpm_engine.compressor.packing.covering import Cover
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource

WORDS = [f"identifier_{n}" for n in range(60)]


def random_trajectory(seed: int) -> EpisodeLines:
    draw = np.random.default_rng(seed)
    lines = [" ".join(draw.choice(WORDS, draw.integers(0, 9))) for _ in range(200)]
    lines[100:150] = lines[:50]
    part = Part(PartKind.RESULT, "\n".join(lines), "", "c")
    return trajectory([Step(1, 0, StepSource.AGENT, StepFlag(0), 0, "", None, None, (part,))])


@pytest.mark.parametrize("seed", range(5))
def test_each_line_gains_at_least_half_of_the_best_and_all_identifiers_are_held(seed: int) -> None:
    of = random_trajectory(seed)
    identifiers = EpisodeIdentifiers(of)
    worth = np.random.default_rng(seed).lognormal(0, 2, len(identifiers)).astype(np.float32)
    begins, words = (array.tolist() for array in identifiers.of_lines)
    held = [frozenset(words[begin:end]) for begin, end in pairwise(begins)]
    left = set(range(len(identifiers)))

    def density(line: int) -> float:
        return float(sum(worth[word] for word in held[line] & left)) / (len(of.lines[line]) + 8)

    cover = Cover(of, identifiers, worth)
    strange = np.random.default_rng(seed + 1).integers(0, len(of.lines), 20).tolist()
    while (line := cover.best()) is not None:
        assert density(line) >= 0.5 * max(map(density, range(len(of.lines)))) > 0
        cover.take(line)
        left -= held[line]
        if strange:  # a line that was kept for something else
            other = strange.pop()
            cover.take(other)
            left -= held[other]
    assert not left


@pytest.mark.parametrize("rise", [0.0, 0.9, -0.4])
def test_lines_that_share_with_their_neighbours_are_not_valued_once_for_each(
    rise: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 0
    value = Cover._value

    def counted(cover: Cover) -> bool:
        nonlocal rounds
        rounds += 1
        return value(cover)

    monkeypatch.setattr(Cover, "_value", counted)
    count = 3_000
    text = "\n".join(f"node_{n:05d} -> node_{n + 1:05d}" for n in range(count))
    part = Part(PartKind.RESULT, text, "", "c")
    of = trajectory([Step(1, 0, StepSource.AGENT, StepFlag(0), 0, "", None, None, (part,))])
    identifiers = EpisodeIdentifiers(of)
    begins, words = (array.tolist() for array in identifiers.of_lines)
    worth = np.linspace(1, 1 + rise, len(identifiers)).astype(np.float32)
    cover = Cover(of, identifiers, worth)
    held: set[int] = set()
    for other in range(0, count, 700):
        cover.take(other)  # lines that were kept for something else, between those of the cover
        held.update(words[begins[other] : begins[other + 1]])
        if (line := cover.best()) is not None:
            cover.take(line)
            held.update(words[begins[line] : begins[line + 1]])
    while (line := cover.best()) is not None:
        cover.take(line)
        held.update(words[begins[line] : begins[line + 1]])
    assert len(held) == len(identifiers)
    assert rounds < 60
