"""Lessons for the mask networks, made from labelled episodes of several projects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.identifiers import Counts
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.scorers.mask_input import MaskInput, mask_input
from hpm_engine.config import COMPRESSION_RATIO

_OVERHEAD = 60  # bytes of a deep memory that are no ledger
_COMMON = 0.25  # of a project's episodes may hold what counts as specific to it


class Lesson(msgspec.Struct, frozen=True):
    """An episode to learn from: identifiers by index, and the bytes that a deep budget allows."""

    project: str
    given: MaskInput
    budget: float
    own: Counts  # in its own patch
    needed: Counts  # in the patches of later episodes that change the same file
    specific: Counts  # of these, what few of the project's episodes hold


class LabelledEpisode(msgspec.Struct, frozen=True):
    """An episode with what became of it: its patch's facts, the files and words that it needed."""

    project: str
    order: int  # grows with time within a project
    indexes: Mapping[str, int]  # of its identifiers
    own: frozenset[str]  # identifiers that its own patch adds
    files: frozenset[str]  # that it changed
    needed: frozenset[str]  # identifiers in its changes
    asked: frozenset[str]  # identifiers of its task


class LessonInput(msgspec.Struct, frozen=True):
    """What a network sees of an episode, and the bytes that a deep budget allows."""

    seen: MaskInput
    budget: float


def given_of(evidence: Evidence) -> LessonInput:
    """What a lesson takes of the evidence, which need not be kept for it."""
    size = evidence.trajectory.zstd_size()
    return LessonInput(mask_input(evidence), max(1.0, size / COMPRESSION_RATIO.value - _OVERHEAD))


class LaterNeed(msgspec.Struct, frozen=True):
    """What a later episode needs of an earlier one that changed the same file."""

    later: int  # index of the episode
    earlier: int  # index of the episode
    facts: frozenset[str]
    specific: frozenset[str]  # those in at most a quarter of the project's episodes


def needs_of(episodes: Sequence[LabelledEpisode]) -> list[LaterNeed]:
    """Every later episode against every earlier one of its project that shares a changed file."""
    holding: dict[str, Counter[str]] = defaultdict(Counter)
    sizes: Counter[str] = Counter()
    for episode in episodes:
        holding[episode.project].update(episode.indexes.keys())
        sizes[episode.project] += 1
    needs = []
    for later, episode in enumerate(episodes):
        wanted = episode.needed - episode.asked
        most = _COMMON * sizes[episode.project]
        rare = {word for word in wanted if holding[episode.project][word] <= most}
        for earlier, other in enumerate(episodes):
            before = other.project == episode.project and other.order < episode.order
            if before and other.files & episode.files:
                facts = wanted & other.indexes.keys()
                if facts:
                    needs.append(
                        LaterNeed(later, earlier, frozenset(facts), frozenset(rare & facts))
                    )
    return needs


def lessons_of(
    episodes: Sequence[LabelledEpisode], given: Sequence[LessonInput], needs: Sequence[LaterNeed]
) -> list[Lesson]:
    """What each episode teaches; parallel to ``told`` and ``given``."""
    needed: dict[int, set[str]] = defaultdict(set)
    specific: dict[int, set[str]] = defaultdict(set)
    for need in needs:
        needed[need.earlier] |= need.facts
        specific[need.earlier] |= need.specific
    return [
        Lesson(
            episode.project,
            given[index].seen,
            given[index].budget,
            *(_indexes(episode, of) for of in (episode.own, needed[index], specific[index])),
        )
        for index, episode in enumerate(episodes)
    ]


def _indexes(episode: LabelledEpisode, words: set[str] | frozenset[str]) -> Counts:
    return np.array(
        sorted(episode.indexes[word] for word in words if word in episode.indexes), np.int64
    )
