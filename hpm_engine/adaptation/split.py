"""Splits episodes: whole projects are held out where a store has several, else single ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hpm_engine.config import HELD_OUT_MOST, HELD_OUT_PROJECTS, HELD_OUT_SHARE, PROJECT_EPISODES


class Split(NamedTuple):
    """The indexes of the episodes to learn from and of those held out; ``of`` as in ``Verdict``."""

    learn: list[int]
    held: list[int]
    of: str


def split(projects: Sequence[str], seed: int = 0) -> Split:
    """Split episodes, of each of which the project is given; the same each time."""
    sizes = Counter(projects)
    chance = np.random.default_rng(seed)
    names = sorted(name for name, size in sizes.items() if size >= PROJECT_EPISODES.value)
    if len(names) >= HELD_OUT_PROJECTS.value:
        held = _projects([names[index] for index in chance.permutation(len(names))], sizes)
        if held:
            apart = [name in held for name in projects]
            return _split(apart, "project")
    apart = [False] * len(projects)
    for index in chance.permutation(len(projects))[: round(HELD_OUT_SHARE.value * len(projects))]:
        apart[index] = True
    return _split(apart, "episode")


def _projects(names: Sequence[str], sizes: Counter[str]) -> set[str]:
    """Projects with a share of all episodes between the least and the most; none if there is none.

    A project that would make the held-out part the larger one teaches.
    """
    total = sizes.total()
    held: set[str] = set()
    taken = 0
    for name in names:
        if taken >= HELD_OUT_SHARE.value * total:
            break
        if taken + sizes[name] <= HELD_OUT_MOST.value * total:
            held.add(name)
            taken += sizes[name]
    return held if taken >= HELD_OUT_SHARE.value * total else set()


def _split(apart: Sequence[bool], of: str) -> Split:
    learn = [index for index, held in enumerate(apart) if not held]
    return Split(learn, [index for index, held in enumerate(apart) if held], of)
