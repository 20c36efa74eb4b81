"""A scorer says how much each step and each identifier of an episode is worth."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from typing import Protocol

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.commands import Deeds, deeds_of
from hpm_engine.compressor.evidence.file_roles import Roles, file_roles
from hpm_engine.compressor.evidence.identifiers import EpisodeIdentifiers, Floats
from hpm_engine.compressor.evidence.trajectory import EpisodeLines


class StoreWords(msgspec.Struct, frozen=True):
    """What earlier episodes of the same project tell of identifiers, in numbers of episodes."""

    episodes: int = 0
    needed: Mapping[str, int] = {}  # had it in their changes
    asked: Mapping[str, int] = {}  # had it in their task
    acted: Mapping[str, int] = {}  # used it


class Evidence(msgspec.Struct, frozen=True, dict=True):
    """All that a scorer may look at: nothing that happened after the episode."""

    trajectory: EpisodeLines
    identifiers: EpisodeIdentifiers
    points: tuple[int, ...]  # decision points
    store: StoreWords = StoreWords()
    task: frozenset[str] = frozenset()  # identifiers in what was asked
    actions: Floats | None = None  # (T, 256): what each step said and did, encoded
    shown: Floats | None = None  # (T, 256): what each step was shown

    @cached_property
    def deeds(self) -> Deeds:
        """What the steps' commands do."""
        return deeds_of(self.trajectory.steps)

    @cached_property
    def roles(self) -> tuple[Roles, ...]:
        """What became of each file."""
        return file_roles(self.trajectory.steps, self.deeds.kinds)


class Filling(Enum):
    """What a budget is filled with."""

    HYBRID = 1  # quotas, the best steps, lines that hold identifiers, a ledger
    STEPS = 2  # whole steps, best first
    LEDGER = 4  # identifiers alone, without pointers
    ACTIONS = 3  # the first lines of every action, then the second ones, and so on


class Scores(msgspec.Struct, frozen=True):
    """``steps`` (T,) in [0, 1] is the mask; ``words`` is parallel to the identifiers, above 0."""

    steps: Floats
    words: Floats


class Scorer(Protocol):
    """One way to say what is worth keeping; interchangeable with any other."""

    @property
    def name(self) -> str:
        """Stands with each episode that was compressed by it."""
        ...

    @property
    def filling(self) -> Filling:
        """What its scores fill a budget with."""
        ...

    def scores(self, evidence: Evidence) -> Scores:
        """The scores of one episode."""
        ...


def scaled(values: Floats) -> Floats:
    """Values from 0 up with their largest as 1."""
    top = float(values.max(initial=0.0))
    scaled_values: Floats = (values / top if top > 0 else np.zeros_like(values)).astype(np.float32)
    return scaled_values
