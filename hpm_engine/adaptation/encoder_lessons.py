"""A store's sessions as lessons for φ: what was asked, what was done, which files changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpm_engine.config import ENCODER_EPISODES
from hpm_engine.encoder.state_action import state_action_pairs
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.traced_task import TracedTask, steps_of
from hpm_engine.ingest.steps.task_text import task_body
from hpm_engine.job import Job
from hpm_engine.recall.changes import changes_of, is_test
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.lesson_rows import LessonRow, lesson_rows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.episodes import Step, StepFlag, StepSource

_LONGEST = 2_000  # steps of a session
_LARGEST = 20_000_000  # bytes of a session's texts
_READ = 256  # of them that are learned from
_ROOM = 60_000  # steps of all sessions together: 3 kB each
_ASKED = 6_000  # characters of what was asked


def encoder_lessons(
    database: Database, steps: StepRows, encoder: StaticEncoder, job: Job
) -> list[TracedTask]:
    """The sessions of a store that say what was asked and did something, by project and time.

    At most 1,000, in at most 200 MB.
    """
    with database.reading():
        rows = lesson_rows(database, longest=_LONGEST, largest=_LARGEST)
    order = np.random.default_rng(0).permutation(len(rows))
    tasks: dict[int, TracedTask] = {}
    room = _ROOM
    for done, index in enumerate(order[: ENCODER_EPISODES.value].tolist()):
        job.step(done, min(ENCODER_EPISODES.value, len(rows)), "reading lessons", "episodes")
        with database.reading():
            episode = steps.steps(rows[index].episode_id, 0, None)
        if (lesson := _lesson(rows[index], episode, encoder)) is None:
            continue
        room -= len(lesson.steps.plain)
        if room < 0:
            break
        tasks[index] = lesson
    return [tasks[index] for index in sorted(tasks)]


def _lesson(row: LessonRow, steps: Sequence[Step], encoder: StaticEncoder) -> TracedTask | None:
    asked = encoder.encode([_asked(steps)])[0]
    pairs = state_action_pairs(steps)[:_READ]
    states, actions = (encoder.encode([pair[side] for pair in pairs]) for side in (0, 1))
    known = steps_of(states, actions)
    if not asked.any() or not len(known.plain):
        return None
    changed = {change.path for change in changes_of(steps, row.cwd)}
    files = frozenset(path for path in changed if not is_test(path))
    return TracedTask(row.episode_id, row.project, files, asked, known)


def _asked(steps: Sequence[Step]) -> str:
    """What a person asked first."""
    for step in steps:
        if step.source is StepSource.USER and not step.flags & StepFlag.INJECTED:
            return task_body("\n".join(part.text for part in step.parts))[:_ASKED]
    return ""
