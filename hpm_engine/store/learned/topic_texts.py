"""What users asked in episodes, as far as the names of topics are made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hpm_engine.store.encoded_step import SOURCE_CODE
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows, place_of, step_id
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource

_READ = 400  # characters of what a user asked: its beginning says what it is about
_SILENT = StepFlag.INJECTED | StepFlag.COMPACTION | StepFlag.COPIED | StepFlag.DEMONSTRATION


class TopicTexts:
    """Reads titles, tasks and asks inside the caller's transaction."""

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db = database
        self._steps = steps

    def titles(self, episode_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Project of each episode, and its title with its task."""
        sql = "SELECT project, title, task FROM episodes WHERE id = ?"
        titles: dict[int, tuple[str, str]] = {}
        for key in episode_ids:
            for project, title, task in self._db.rows(sql, (key,)):
                lines = dict.fromkeys(str(text) for text in (title, task) if text)
                titles[key] = str(project or ""), "\n".join(lines)
        return titles

    def asks(self, memories: Collection[tuple[int, int]]) -> list[str]:
        """What users last asked before each memory ended, each ask once.

        Memories are given as (episode, position behind the last step). What an episode begins
        with is left out: its task says that, without what a template puts around it.
        """
        sql = (
            "SELECT id FROM steps WHERE id >= ? AND id < ? AND source = ? AND flags & ? = 0"
            " ORDER BY id DESC LIMIT 2"
        )
        user, silent = SOURCE_CODE[StepSource.USER], int(_SILENT)
        last: dict[int, None] = {}
        for episode_id, stop in memories:
            within = step_id(episode_id, 0), step_id(episode_id, stop)
            rows = self._db.rows(sql, (*within, user, silent))
            if len(rows) == 2:
                last[rows[0][0]] = None
        asked = self._steps.chosen([place_of(key) for key in last])
        return [
            next((part.text for part in step.parts if part.kind is PartKind.MESSAGE), "")[:_READ]
            for step in asked
        ]
