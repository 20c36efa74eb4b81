"""Which episodes are held out: whole projects where a store has several, else single episodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_SHARE = 0.3  # of the episodes that are held out, at least
_MOST = 0.5
_SEVERAL, _FEWEST = 3, 5  # projects, and episodes that make one


class Split(NamedTuple):
    """The places of the episodes to learn from and of those held out; ``of`` as in ``Verdict``."""

    learn: list[int]
    held: list[int]
    of: str


def split(projects: Sequence[str], seed: int = 0) -> Split:
    """Split episodes, of each of which the project is given; the same each time."""
    sizes = Counter(projects)
    chance = np.random.default_rng(seed)
    names = sorted(name for name, size in sizes.items() if size >= _FEWEST)
    if len(names) >= _SEVERAL:
        held = _projects([names[at] for at in chance.permutation(len(names))], sizes)
        if held:
            apart = [name in held for name in projects]
            return _split(apart, "project")
    apart = [False] * len(projects)
    for at in chance.permutation(len(projects))[: round(_SHARE * len(projects))]:
        apart[at] = True
    return _split(apart, "episode")


def _projects(names: Sequence[str], sizes: Counter[str]) -> set[str]:
    """Projects with a share of all episodes between the least and the most; none if there is none.

    A project that would make the held-out part the larger one teaches.
    """
    total = sizes.total()
    held: set[str] = set()
    taken = 0
    for name in names:
        if taken >= _SHARE * total:
            break
        if taken + sizes[name] <= _MOST * total:
            held.add(name)
            taken += sizes[name]
    return held if taken >= _SHARE * total else set()


def _split(apart: Sequence[bool], of: str) -> Split:
    learn = [at for at, held in enumerate(apart) if not held]
    return Split(learn, [at for at, held in enumerate(apart) if held], of)
