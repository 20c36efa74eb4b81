"""What recall and compression search, as parts that can be made again."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.compressor.evidence.needs import words_of
from hpm_engine.job import Job
from hpm_engine.recall.document import document
from hpm_engine.store.derived.parts import titles_of
from hpm_engine.store.derived.structure import evicted
from hpm_engine.store.derived.workbench import DerivedPart
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.episode_words import WordRows
from hpm_engine.store.search.recall_index import RecallField, RecallIndex
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.texts import Texts

State = tuple[int, bytes, str]  # of an episode: number, digest, folder
RECALL = "what recall searches"
WORDS = "the words of episodes that compression looks at"


def recall_part(episodes: Sequence[State]) -> DerivedPart:
    """The tables that recall searches, of some episodes."""

    def build(database: Database, job: Job) -> None:
        index, steps = RecallIndex(database), _steps(database)
        for done, (episode_id, digest, folder) in enumerate(episodes):
            job.step(done, len(episodes), f"making {RECALL} again", "episodes")
            # As eviction leaves them: what is left of such an episode has no title of its own.
            titles = "" if evicted(database, episode_id) else titles_of(database, episode_id)
            text = document(episode_id, folder, steps.steps(episode_id, 0, None), titles)
            index.put(episode_id, digest, text)

    fields = tuple(field.value for field in RecallField)
    return DerivedPart(RECALL, (*fields, "changed_files", "recall_episodes"), build, {})


def words_part(episodes: Sequence[State]) -> DerivedPart:
    """The identifiers of some episodes."""

    def build(database: Database, job: Job) -> None:
        rows, steps = WordRows(database), _steps(database)
        for done, (episode_id, digest, folder) in enumerate(episodes):
            job.step(done, len(episodes), f"reading {WORDS} again", "episodes")
            rows.put(episode_id, digest, words_of(steps.steps(episode_id, 0, None), folder))

    return DerivedPart(WORDS, ("episode_words",), build, {})


def _steps(database: Database) -> StepRows:
    return StepRows(database, Texts(database), SearchIndex(database))
