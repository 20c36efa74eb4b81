"""Who recalled lately, and how many tokens that gave."""

from __future__ import annotations

from hpm_engine.store.file.database import Database
from hpm_engine.values.activity import AskerUse

_DAY = 86_400_000_000  # microseconds
_WEEK, _MONTH = 7 * _DAY, 30 * _DAY


def asker_uses(database: Database, now: int) -> tuple[AskerUse, ...]:
    """Every actor of the recall log, the latest first. Reads a row for each recall."""
    since = (now - _WEEK, now - _WEEK, now - _MONTH, now - _MONTH)
    sums = database.rows(
        "SELECT max(id), sum(at >= ?), sum((at >= ?) * tokens), sum(at >= ?),"
        " sum((at >= ?) * tokens) FROM recalls GROUP BY actor ORDER BY 1 DESC",
        since,
    )
    uses = []
    for last_id, *counts in sums:
        actor, at, cue, tokens, into = database.rows(
            "SELECT actor, at, cue, tokens, destination FROM recalls WHERE id = ?", (last_id,)
        )[0]
        week, month = (counts[0], counts[1]), (counts[2], counts[3])
        uses.append(AskerUse(actor, last_id, at, cue, tokens, into, week, month))
    return tuple(uses)
