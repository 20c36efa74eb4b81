"""The last row of the log that speaks of each subject's state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hpm_engine.store.file.database import Database

_LAST = (
    "SELECT said.key, said.value, max(audit.seq) FROM audit, json_each(audit.state) said"
    " WHERE audit.state <> '' AND json_valid(audit.state) AND said.key >= ? AND said.key < ?"
    " GROUP BY said.key ORDER BY said.key"
)


class LastState(NamedTuple):
    """What the log says a subject must be now: ``digest`` is ``""`` for what is gone."""

    subject: str
    digest: str
    seq: int  # of the row that says so


def last_states(database: Database, kind: str) -> Iterator[LastState]:
    """The last state of each subject of a kind, in the order of the subjects."""
    for subject, digest, seq in database.execute(_LAST, (f"{kind}:", f"{kind};")):
        yield LastState(subject, str(digest), seq)
