"""What compression is asked to keep: facts of an episode's own patch, and of later ones'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hpm_engine.compressor.gathering import Gatherer
from hpm_engine.compressor.identifiers import IDENTIFIER
from hpm_engine.compressor.needs import Earlier, added_words, task_words, words_of
from hpm_engine.compressor.teaching import Told
from hpm_engine.evaluation.transfer_tasks import Solved
from hpm_engine.memory import Memory
from hpm_engine.recall.changes import changes_of
from hpm_engine.records import PartKind, Step, StepFlag, StepSource

SHORTEST, FEWEST_FACTS = 12, 3  # steps and facts of an episode that is asked for its own patch


class Case(msgspec.Struct, frozen=True):
    """One episode to compress, and what is asked of it."""

    solved: Solved
    told: Told


def cases_of(memory: Memory, solved: Sequence[Solved], *, hide_patch: bool) -> Iterator[Case]:
    """The episodes by repository and number, each with what the ones before it tell.

    With ``hide_patch`` every step that shows a diff is gone, and task and prompts with them:
    what is left is what the agent did and saw until then. The own facts, identifiers in the
    lines that the final patch adds and not in the task, are asked of episodes of twelve steps
    or more that hold three or more.
    """
    gatherer = Gatherer()
    ordered = sorted(solved, key=lambda one: (one.episode.project, one.number, one.episode.id))
    earlier, project = Earlier(), ""
    for one in ordered:
        if one.episode.project != project:
            earlier, project = Earlier(), one.episode.project
        steps = memory.steps(one.episode.id)
        asked = frozenset(task_words(steps))
        evidence = gatherer.evidence(_without_patch(steps) if hide_patch else steps, earlier)
        # What was asked is known when an episode is compressed, though it is not compressed here.
        evidence = msgspec.structs.replace(evidence, task=asked)
        facts = (_patched(steps) - asked) & evidence.identifiers.ids.keys()
        enough = evidence.trajectory.length >= SHORTEST and len(facts) >= FEWEST_FACTS
        words = words_of(steps)
        earlier.after(words)
        own = frozenset(facts if enough else ())
        needed = frozenset(words.needed)
        told = Told(project, one.number, evidence, own, one.files, needed, asked)
        yield Case(one, told)


def _patched(steps: Sequence[Step]) -> set[str]:
    """Identifiers in the added lines of the final patch."""
    return {word for change in changes_of(steps, "") for word in added_words(change.text)}


def _without_patch(steps: Sequence[Step]) -> list[Step]:
    kept = [
        step
        for step in steps
        if step.source is StepSource.AGENT
        and not step.flags & StepFlag.SUBMISSION
        and not any("diff --git " in p.text for p in step.parts if p.kind is PartKind.RESULT)
    ]
    return [msgspec.structs.replace(step, seq=seq) for seq, step in enumerate(kept)]


def identifiers_in(text: str) -> frozenset[str]:
    """The identifiers of a text."""
    return frozenset(IDENTIFIER.findall(text))
