"""A store's sessions as lessons for the mask: what of each was needed, by itself and later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hpm_engine.adaptation.split import Split, split
from hpm_engine.compressor.evidence.needs import StoreHistory
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.training.labelling import EpisodeLabeller, LabelledEvidence
from hpm_engine.compressor.training.lessons import (
    LabelledEpisode,
    LaterNeed,
    Lesson,
    LessonInput,
    given_of,
    lessons_of,
    needs_of,
)
from hpm_engine.config import MASK_EPISODES
from hpm_engine.job import Job
from hpm_engine.recall.changes import changes_of, is_test
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.lesson_rows import LessonRow, lesson_rows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.episode_words import EpisodeWords

_LONGEST = 400  # steps of a session
_LARGEST = 4_000_000  # bytes of a session's texts
_TEXT = 40_000_000  # bytes of the texts of all: their identifiers take ten times as much
_ROOM = 250_000_000  # bytes of what networks see of all sessions


class Facts(NamedTuple):
    """What a held-out session should keep, and the session again, as a scorer may see it."""

    own: frozenset[str]
    needed: frozenset[str]
    evidence: Evidence


class MaskLessons:
    """Reads the sessions of a store twice: what became of all, then those held out once more.

    Texts are let go of in between: of 400 sessions they would take a gigabyte.
    """

    def __init__(self, database: Database, steps: StepRows, job: Job) -> None:
        """Raises ``Cancelled``."""
        self._db, self._steps, self._job = database, steps, job
        self._labeller = EpisodeLabeller(hide_patch=True)
        with database.reading():
            rows = lesson_rows(database, longest=_LONGEST, largest=_LARGEST)
        self._rows = sorted(_latest(rows), key=lambda row: (row.project, row.at, row.episode_id))
        self.parts: Split = split([row.project for row in self._rows])
        self._words: list[EpisodeWords] = []
        self._episodes: list[LabelledEpisode] = []
        self._needs: list[LaterNeed] = []

    def learned(self) -> list[Lesson]:
        """The lessons to learn from: sessions that kept anything of use."""
        learn = set(self.parts.learn)
        given: dict[int, LessonInput] = {}
        room = _ROOM
        for index, labelled in self._read(range(len(self._rows)), "reading lessons"):
            self._episodes.append(labelled.episode)
            self._words.append(labelled.words)
            if index in learn and room > 0:
                given[index] = given_of(labelled.evidence)
                room -= _size(given[index])
        self._needs = needs_of(self._episodes)
        return [lesson for lesson in self._lessons(given) if len(lesson.own) or len(lesson.needed)]

    def held(self) -> list[int]:
        """The indexes of the held-out sessions of which anything is to be kept."""
        earlier = {need.earlier for need in self._needs}
        return [index for index in self.parts.held if self._episodes[index].own or index in earlier]

    def asked(self) -> Iterator[Facts]:
        """These sessions again, one after the other."""
        needed: dict[int, set[str]] = defaultdict(set)
        for need in self._needs:
            needed[need.earlier] |= need.facts
        for index, labelled in self._read(self.held(), "asking held-out episodes"):
            yield Facts(labelled.episode.own, frozenset(needed[index]), labelled.evidence)

    def _lessons(self, given: dict[int, LessonInput]) -> list[Lesson]:
        indexes = sorted(given)
        number = {index: rank for rank, index in enumerate(indexes)}
        needs = [
            LaterNeed(need.later, number[need.earlier], need.facts, need.specific)
            for need in self._needs
            if need.earlier in number
        ]
        return lessons_of(
            [self._episodes[index] for index in indexes],
            [given[index] for index in indexes],
            needs,
        )

    def _read(self, indexes: Sequence[int], note: str) -> Iterator[tuple[int, LabelledEvidence]]:
        """Label the sessions at rising ``indexes``, each with what those before it tell."""
        wanted = set(indexes)
        earlier, project = StoreHistory(), ""
        for index, row in enumerate(self._rows):
            self._job.step(index, len(self._rows), note, "episodes")
            if row.project != project:
                earlier, project = StoreHistory(), row.project
            if index in wanted:
                labelled = self._labelled(row, index, earlier)
                yield index, labelled
                earlier.after(labelled.words)
            else:
                earlier.after(self._words[index])

    def _labelled(self, row: LessonRow, index: int, earlier: StoreHistory) -> LabelledEvidence:
        with self._db.reading():
            steps = self._steps.steps(row.episode_id, 0, None)
        changed = {change.path for change in changes_of(steps, row.cwd)}
        files = frozenset(path for path in changed if not is_test(path))
        return self._labeller.labelled(
            steps, earlier, project=row.project, order=index, files=files, cwd=row.cwd
        )


def _latest(rows: Sequence[LessonRow]) -> list[LessonRow]:
    rows_taken: list[LessonRow] = []
    room = _TEXT
    for row in sorted(rows, key=lambda row: (-row.at, -row.episode_id)):
        room -= row.text_size
        if room < 0 or len(rows_taken) == MASK_EPISODES.value:
            break
        rows_taken.append(row)
    return rows_taken


def _size(given: LessonInput) -> int:
    """Bytes of its arrays."""
    seen = given.seen
    arrays = (seen.steps, seen.words, seen.counts, seen.sizes, seen.word, seen.step, seen.acted)
    return sum(array.nbytes for array in arrays)
