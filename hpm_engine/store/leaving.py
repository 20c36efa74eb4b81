"""What leaves the store with its steps: texts that no other step has, and places in the search."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows, place_of
from hpm_engine.store.search.search_index import SearchIndex, searchable
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Step

_ANY_STEP = 0, (1 << 63) - 1  # the ids that SQLite can give


def forget_unused(database: Database, text_ids: Sequence[int]) -> int:
    """Delete those of the texts that no step has any more; their bytes.

    Where evictions have not made an index of them, this looks at every part of the store once.
    """
    wanted = json.dumps(text_ids)
    sql = "SELECT DISTINCT text_id FROM parts WHERE text_id IN (SELECT value FROM json_each(?))"
    used = {key for (key,) in database.rows(sql, (wanted,))}
    unused = json.dumps([key for key in text_ids if key not in used])
    where = "id IN (SELECT value FROM json_each(?))"
    size, stored = database.rows(
        f"SELECT coalesce(sum(size), 0), coalesce(sum(length(data)), 0) FROM texts WHERE {where}",
        (unused,),
    )[0]
    database.execute(f"DELETE FROM texts WHERE {where}", (unused,))
    database.connection.executemany(
        "UPDATE totals SET value = value - ? WHERE name = ?",
        [(size, "text_size"), (stored, "text_stored")],
    )
    return int(size)


def find_elsewhere(
    database: Database,
    steps: StepRows,
    index: SearchIndex,
    prompts: Iterable[bytes],
    among: tuple[int, int] = _ANY_STEP,
) -> None:
    """A prompt that others repeat was found where it first stood: now where it stands next.

    ``among`` are the first and the last id of the steps that may hold it.
    """
    for digest in sorted(prompts):
        text_id = database.value("SELECT id FROM texts WHERE sha256 = ?", (digest,))
        if text_id is None:
            continue
        sql = (
            "SELECT min(step_id) FROM parts WHERE text_id = ? AND step_id BETWEEN ? AND ?"
            " AND step_id >> 24 NOT IN (SELECT episode_id FROM trash)"
        )
        key = database.value(sql, (text_id, *among))
        if key is None:
            continue
        shown = index.remove(key, key) | {digest}
        for step in steps.chosen([place_of(key)]):
            row = searchable(key, encode_step(draft_of(step)), shown)
            index.add([] if row is None else [row])
        index.flush()


def draft_of(step: Step) -> StepDraft:
    """A stored step as what it could be written from."""
    return StepDraft(
        step.source, step.parts, step.at, step.flags, step.model, step.tokens_in, step.tokens_out
    )
