"""Which episodes a model can be fine-tuned on."""

from __future__ import annotations

import msgspec

from hpm_engine.store.erasure.quarantine import set_apart
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import Columns
from hpm_engine.store.visible import VisibleRows


class LessonRow(msgspec.Struct, frozen=True, gc=False):
    """An episode to learn from; ``cwd`` is the folder that it worked in, "" if not known.

    ``at`` is when it began (microseconds since 1970), 0 where that is not known; ``text_size`` are
    the bytes of its texts.
    """

    episode_id: int
    project: str
    cwd: str
    at: int
    text_size: int


_LESSON = Columns(
    LessonRow,
    {
        "episode_id": "id",
        "project": "project",
        "cwd": "cwd",
        "at": "coalesce(started_at, 0)",
        "text_size": "text_size",
    },
)


def lesson_rows(database: Database, *, longest: int, largest: int) -> list[LessonRow]:
    """Sessions in which an agent acted twice or more, of at most so many steps and bytes of text.

    By project and time. Left out are subagents, whose tasks are pieces of their parents'; what
    was evicted, of which too little is left; and what is private, as from prototypes.
    """
    rows = database.rows(
        f"SELECT {_LESSON.sql} FROM episodes"
        " WHERE agent_steps >= 2 AND steps <= ? AND text_size <= ? AND parent_key = ''"
        " AND id NOT IN (SELECT episode_id FROM compressed WHERE evicted_at IS NOT NULL)"
        " ORDER BY project, started_at, id",
        (longest, largest),
    )
    private = VisibleRows(database).private() | set_apart(database)
    return [lesson for lesson in _LESSON.values(rows) if lesson.episode_id not in private]
