"""The facts that compression is asked to keep: of an episode's own patch, and of later ones'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.compressor.evidence.identifiers import IDENTIFIER
from hpm_engine.compressor.evidence.needs import StoreHistory
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.training.labelling import EpisodeLabeller
from hpm_engine.compressor.training.lessons import LabelledEpisode
from hpm_engine.evaluation.recall.transfer_tasks import Solved
from hpm_engine.memory import Memory


class Case(msgspec.Struct, frozen=True):
    """One episode to compress, and the facts that are asked of it."""

    solved: Solved
    labels: LabelledEpisode
    evidence: Evidence


def cases_of(memory: Memory, solved: Sequence[Solved], *, hide_patch: bool) -> Iterator[Case]:
    """The episodes by repository and number, each with what the ones before it tell.

    ``hide_patch`` is as for ``EpisodeLabeller``.
    """
    labeller = EpisodeLabeller(hide_patch=hide_patch)
    ordered = sorted(
        solved, key=lambda attempt: (attempt.episode.project, attempt.number, attempt.episode.id)
    )
    earlier, project = StoreHistory(), ""
    for attempt in ordered:
        if attempt.episode.project != project:
            earlier, project = StoreHistory(), attempt.episode.project
        steps = memory.steps.read(attempt.episode.id)
        labelled = labeller.labelled(
            steps, earlier, project=project, order=attempt.number, files=attempt.files
        )
        earlier.after(labelled.words)
        yield Case(attempt, labelled.episode, labelled.evidence)


def identifiers_in(text: str) -> frozenset[str]:
    """The identifiers of a text."""
    return frozenset(IDENTIFIER.findall(text))
