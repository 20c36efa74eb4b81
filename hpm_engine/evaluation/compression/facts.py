"""What compression is asked to keep: facts of an episode's own patch, and of later ones'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.compressor.evidence.identifiers import IDENTIFIER
from hpm_engine.compressor.evidence.needs import Earlier
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.training.teaching import Told
from hpm_engine.compressor.training.telling import Teller
from hpm_engine.evaluation.recall.transfer_tasks import Solved
from hpm_engine.memory import Memory


class Case(msgspec.Struct, frozen=True):
    """One episode to compress, and what is asked of it."""

    solved: Solved
    told: Told
    evidence: Evidence


def cases_of(memory: Memory, solved: Sequence[Solved], *, hide_patch: bool) -> Iterator[Case]:
    """The episodes by repository and number, each with what the ones before it tell.

    ``hide_patch`` is as for ``Teller``.
    """
    teller = Teller(hide_patch=hide_patch)
    ordered = sorted(solved, key=lambda one: (one.episode.project, one.number, one.episode.id))
    earlier, project = Earlier(), ""
    for one in ordered:
        if one.episode.project != project:
            earlier, project = Earlier(), one.episode.project
        steps = memory.steps(one.episode.id)
        found = teller.tell(steps, earlier, project=project, order=one.number, files=one.files)
        earlier.after(found.words)
        yield Case(one, found.told, found.evidence)


def identifiers_in(text: str) -> frozenset[str]:
    """The identifiers of a text."""
    return frozenset(IDENTIFIER.findall(text))
