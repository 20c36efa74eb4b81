"""Which episodes a model can be fine-tuned on."""

from __future__ import annotations

import msgspec

from hpm_engine.store.database import Database


class LessonRow(msgspec.Struct, frozen=True, gc=False):
    """An episode to learn from; ``cwd`` is the folder that it worked in, "" if not known.

    ``at`` is when it began (microseconds since 1970), 0 where that is not known.
    """

    episode_id: int
    project: str
    cwd: str
    at: int


def lesson_rows(database: Database, *, longest: int) -> list[LessonRow]:
    """Sessions in which an agent acted twice or more, of ``longest`` steps at most.

    By project and time. Subagents are left out: their tasks are pieces of their parents'; and
    what was evicted, of which too little is left.
    """
    rows = database.rows(
        "SELECT id, project, cwd, coalesce(started_at, 0) FROM episodes"
        " WHERE agent_steps >= 2 AND steps <= ? AND parent_key = '' AND id NOT IN"
        " (SELECT episode_id FROM compressed WHERE evicted_at IS NOT NULL)"
        " ORDER BY project, started_at, id",
        (longest,),
    )
    return [LessonRow(*row) for row in rows]
