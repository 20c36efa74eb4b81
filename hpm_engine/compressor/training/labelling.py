"""Labels an episode with what became of it, beside the evidence that compression may see."""

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

SHORTEST = 12  # steps of an episode that is asked for its own patch
FEWEST_FACTS = 3  # facts of such an episode


class LabelledEvidence(msgspec.Struct, frozen=True):
    """A labelled episode, the evidence that a scorer may see, and the words later ones may need."""

    episode: LabelledEpisode
    evidence: Evidence
    words: EpisodeWords


class EpisodeLabeller:
    """Labels a store's episodes in their order; each sees what the ones before it tell."""

    def __init__(self, *, hide_patch: bool) -> None:
        """With ``hide_patch`` every step that shows a diff is gone, and task and prompts too.

        What is left is what the agent did and saw until then.
        """
        self._gatherer = Gatherer()
        self._hide_patch = hide_patch

    def labelled(
        self,
        steps: Sequence[Step],
        earlier: StoreHistory,
        *,
        project: str,
        order: int,
        files: frozenset[str],
        cwd: str = "",
    ) -> LabelledEvidence:
        """Label an episode: ``steps`` are all of it, ``files`` what it changed in ``cwd``.

        The own facts, identifiers in the lines that the final patch adds and not in the task, are
        asked of episodes of twelve steps or more that hold three or more.
        """
        asked = frozenset(task_words(steps))
        seen = _without_patch(steps) if self._hide_patch else steps
        # What was asked is known when an episode is compressed, though it is not compressed here.
        evidence = msgspec.structs.replace(self._gatherer.evidence(seen, earlier), task=asked)
        indexes = evidence.identifiers.ids
        facts = (_patched(steps, cwd) - asked) & indexes.keys()
        enough = evidence.trajectory.length >= SHORTEST and len(facts) >= FEWEST_FACTS
        own = frozenset(facts if enough else ())
        words = words_of(steps, cwd)
        episode = LabelledEpisode(
            project, order, indexes, own, files, frozenset(words.needed), asked
        )
        return LabelledEvidence(episode, evidence, words)


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
