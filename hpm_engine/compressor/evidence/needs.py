"""What an episode tells later ones of its project: the identifiers that its task needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from hpm_engine.compressor.evidence.identifiers import IDENTIFIER
from hpm_engine.compressor.evidence.scorer import StoreWords
from hpm_engine.recall.changes import changes_of
from hpm_engine.store.search.episode_words import EpisodeWords
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource

_ADDED = re.compile(r"^\+(?!\+\+)(.*)$", re.MULTILINE)


def words_of(steps: Sequence[Step], cwd: str = "") -> EpisodeWords:
    """The identifiers in an episode's changes (of files in ``cwd``), in its task, in its acts."""
    return EpisodeWords(
        tuple(sorted(changed_words(steps, cwd))), tuple(sorted(task_words(steps))), _acted(steps)
    )


def changed_words(steps: Sequence[Step], cwd: str = "") -> set[str]:
    """Identifiers in the lines that an episode's changes added, and in the changed paths."""
    words: set[str] = set()
    for change in changes_of(steps, cwd):
        words.update(IDENTIFIER.findall(change.path))
        words |= added_words(change.text)
    return words


def added_words(text: str) -> set[str]:
    """Identifiers in the added lines of a diff; of any other text, all."""
    if text.startswith(("diff --git", "--- ")):
        text = "\n".join(_ADDED.findall(text))
    return set(IDENTIFIER.findall(text))


def task_words(steps: Sequence[Step]) -> set[str]:
    """Identifiers in what a person asked first."""
    for step in steps:
        if step.source is StepSource.USER and not step.flags & StepFlag.INJECTED:
            return {word for part in step.parts for word in IDENTIFIER.findall(part.text)}
    return set()


def _acted(steps: Sequence[Step]) -> tuple[str, ...]:
    calls = (part.text for step in steps for part in step.parts if part.kind is PartKind.CALL)
    return tuple(sorted({word for text in calls for word in IDENTIFIER.findall(text)}))


class StoreHistory:
    """The words of a project's earlier episodes, counted; ``after`` adds one more episode."""

    def __init__(self) -> None:
        self._episodes = 0
        self._needed, self._asked, self._acted = (Counter[str]() for _ in range(3))

    def after(self, words: EpisodeWords) -> None:
        """One more episode has ended."""
        self._episodes += 1
        self._needed.update(words.needed)
        self._asked.update(words.asked)
        self._acted.update(words.acted)

    def known(self, words: Iterable[str]) -> StoreWords:
        """What is told of some identifiers, as of now."""
        wanted = list(words)
        needed, asked, acted = (
            {word: counts[word] for word in wanted if word in counts}
            for counts in (self._needed, self._asked, self._acted)
        )
        return StoreWords(self._episodes, needed, asked, acted)
