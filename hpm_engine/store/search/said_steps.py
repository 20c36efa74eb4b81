"""What people said in sessions: the steps that are theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hpm_engine.store.encoded_step import SOURCE_CODE
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import MOST_STEPS, step_id
from hpm_engine.values.episodes import StepFlag, StepSource

_OTHERS = StepFlag.INJECTED | StepFlag.COPIED | StepFlag.DEMONSTRATION | StepFlag.ABRIDGED


def said_steps(
    database: Database, episode_ids: Sequence[int], longest: int, most: int
) -> list[tuple[int, int]]:
    """Episode and position of the steps in which people spoke, of these episodes.

    Left out are those of more than ``longest`` bytes, copies, and all but the last ``most``.
    """
    spans = [(step_id(key, 0), step_id(key, MOST_STEPS - 1)) for key in episode_ids]
    rows = database.rows(
        "SELECT s.id >> 24, s.id & 16777215 FROM json_each(?) e CROSS JOIN steps s"
        " ON s.id BETWEEN e.value ->> 0 AND e.value ->> 1"
        " WHERE s.source = ? AND s.flags & ? = 0 AND s.text_size <= ? ORDER BY s.id DESC LIMIT ?",
        (json.dumps(spans), SOURCE_CODE[StepSource.USER], int(_OTHERS), longest, most),
    )
    return [(episode_id, seq) for episode_id, seq in rows]
