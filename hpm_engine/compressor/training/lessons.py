"""Lessons for the mask networks: episodes of several projects, with what became of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.identifiers import Counts
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.scorers.learned import Network
from hpm_engine.compressor.scorers.mask_input import MaskInput, mask_input
from hpm_engine.config import COMPRESSION_RATIO
from hpm_engine.job import Job

# Each network's seed, whether it is blind to the store, and its steps of training.
NETWORKS = ((1, False, 160), (2, False, 160))
_OVERHEAD = 60  # bytes of a deep memory that are no ledger
_COMMON = 0.25  # of a project's episodes may hold what counts as specific to it


class Lesson(msgspec.Struct, frozen=True):
    """An episode to learn from: identifiers by place, and the bytes that a deep budget allows."""

    project: str
    given: MaskInput
    budget: float
    own: Counts  # in its own patch
    needed: Counts  # in the patches of later episodes that change the same file
    specific: Counts  # of these, what few of the project's episodes hold


class LabelledEpisode(msgspec.Struct, frozen=True):
    """An episode with what became of it: its patch's facts, the files and words that it needed.

    ``order`` grows with time within a project; ``places`` are those of its identifiers, ``asked``
    the identifiers of its task.
    """

    project: str
    order: int
    places: Mapping[str, int]
    own: frozenset[str]
    files: frozenset[str]
    needed: frozenset[str]
    asked: frozenset[str]


class LessonInput(msgspec.Struct, frozen=True):
    """What a network sees of an episode, and the bytes that a deep budget allows."""

    seen: MaskInput
    budget: float


def given_of(evidence: Evidence) -> LessonInput:
    """What a lesson takes of the evidence, which need not be kept for it."""
    size = evidence.trajectory.zstd_size()
    return LessonInput(mask_input(evidence), max(1.0, size / COMPRESSION_RATIO.value - _OVERHEAD))


class LaterNeed(msgspec.Struct, frozen=True):
    """What a later episode needs of an earlier one that changed the same file (their places)."""

    later: int
    earlier: int
    facts: frozenset[str]
    specific: frozenset[str]  # those in at most a quarter of the project's episodes


def needs_of(told: Sequence[LabelledEpisode]) -> list[LaterNeed]:
    """Every later episode against every earlier one of its project that shares a changed file."""
    holding: dict[str, Counter[str]] = defaultdict(Counter)
    sizes: Counter[str] = Counter()
    for one in told:
        holding[one.project].update(one.places.keys())
        sizes[one.project] += 1
    found = []
    for later, one in enumerate(told):
        wanted = one.needed - one.asked
        most = _COMMON * sizes[one.project]
        rare = {word for word in wanted if holding[one.project][word] <= most}
        for earlier, other in enumerate(told):
            before = other.project == one.project and other.order < one.order
            if before and other.files & one.files:
                facts = wanted & other.places.keys()
                if facts:
                    found.append(
                        LaterNeed(later, earlier, frozenset(facts), frozenset(rare & facts))
                    )
    return found


def lessons_of(
    told: Sequence[LabelledEpisode], given: Sequence[LessonInput], needs: Sequence[LaterNeed]
) -> list[Lesson]:
    """What each episode teaches; parallel to ``told`` and ``given``."""
    needed: dict[int, set[str]] = defaultdict(set)
    specific: dict[int, set[str]] = defaultdict(set)
    for need in needs:
        needed[need.earlier] |= need.facts
        specific[need.earlier] |= need.specific
    return [
        Lesson(
            one.project,
            given[at].seen,
            given[at].budget,
            *(_places(one, of) for of in (one.own, needed[at], specific[at])),
        )
        for at, one in enumerate(told)
    ]


def _places(told: LabelledEpisode, words: set[str] | frozenset[str]) -> Counts:
    return np.array(sorted(told.places[word] for word in words if word in told.places), np.int64)


def networks(lessons: Sequence[Lesson], job: Job | None = None) -> tuple[Network, ...]:
    """The networks that together are the learned scorer, trained on these lessons."""
    from hpm_engine.compressor.training.mask_training import (
        train,  # torch: only for those who train
    )

    return tuple(
        Network(train(lessons, seed, steps=steps, blind=blind, job=job), blind)
        for seed, blind, steps in NETWORKS
    )
