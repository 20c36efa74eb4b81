"""What became of an episode, told with what compression may see of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hpm_engine.compressor.evidence.gathering import Gatherer
from hpm_engine.compressor.evidence.needs import StoreHistory, added_words, task_words, words_of
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.training.lessons import LabelledEpisode
from hpm_engine.recall.changes import changes_of
from hpm_engine.store.search.episode_words import EpisodeWords
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource

SHORTEST, FEWEST_FACTS = 12, 3  # steps and facts of an episode that is asked for its own patch


class LabelledEvidence(msgspec.Struct, frozen=True):
    """An episode as a scorer may see it, what became of it, and what it tells later ones."""

    told: LabelledEpisode
    evidence: Evidence
    words: EpisodeWords


class EpisodeLabeller:
    """Tells of a store's episodes; each is given with what the ones before it tell."""

    def __init__(self, *, hide_patch: bool) -> None:
        """With ``hide_patch`` every step that shows a diff is gone, and task and prompts too.

        What is left is what the agent did and saw until then.
        """
        self._gatherer = Gatherer()
        self._hide_patch = hide_patch

    def tell(
        self,
        steps: Sequence[Step],
        earlier: StoreHistory,
        *,
        project: str,
        order: int,
        files: frozenset[str],
        cwd: str = "",
    ) -> LabelledEvidence:
        """``steps`` are all of an episode, ``files`` what it changed in the folder ``cwd``.

        The own facts, identifiers in the lines that the final patch adds and not in the task, are
        asked of episodes of twelve steps or more that hold three or more.
        """
        asked = frozenset(task_words(steps))
        seen = _without_patch(steps) if self._hide_patch else steps
        # What was asked is known when an episode is compressed, though it is not compressed here.
        evidence = msgspec.structs.replace(self._gatherer.evidence(seen, earlier), task=asked)
        places = evidence.identifiers.ids
        facts = (_patched(steps, cwd) - asked) & places.keys()
        enough = evidence.trajectory.length >= SHORTEST and len(facts) >= FEWEST_FACTS
        own = frozenset(facts if enough else ())
        words = words_of(steps, cwd)
        told = LabelledEpisode(project, order, places, own, files, frozenset(words.needed), asked)
        return LabelledEvidence(told, evidence, words)


def _patched(steps: Sequence[Step], cwd: str) -> set[str]:
    """Identifiers in the added lines of the final patch."""
    return {word for change in changes_of(steps, cwd) for word in added_words(change.text)}


def _without_patch(steps: Sequence[Step]) -> list[Step]:
    kept = [
        step
        for step in steps
        if step.source is StepSource.AGENT
        and not step.flags & StepFlag.SUBMISSION
        and not any("diff --git " in p.text for p in step.parts if p.kind is PartKind.RESULT)
    ]
    return [msgspec.structs.replace(step, seq=seq) for seq, step in enumerate(kept)]
