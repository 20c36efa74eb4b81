"""Whether saved states are whole, for doctor: lost, damaged and left over pieces."""

from __future__ import annotations

import json
from hashlib import sha256

from zstandard import ZstdError

from hpm_engine.store.checkpoints.packing import PiecePacker
from hpm_engine.store.file.database import Database

_NAMED = 5


def damaged_states(database: Database) -> list[str]:
    """The problems of states in the words of doctor."""
    packer = PiecePacker()
    damaged: set[int] = set()
    for key, digest, *piece in database.execute(
        "SELECT p.id, p.sha256, p.size, CAST(p.data AS BLOB), p.base_id, b.size,"
        " CAST(b.data AS BLOB), b.base_id"
        " FROM state_pieces p LEFT JOIN state_pieces b ON b.id = p.base_id"
    ):
        try:
            same = sha256(packer.whole(*piece)).digest() == digest
        except (TypeError, ValueError, ZstdError):
            same = False
        if not same:
            damaged.add(key)
    broken = database.rows(
        "SELECT c.id FROM checkpoints c LEFT JOIN checkpoint_pieces l ON l.checkpoint_id = c.id"
        " LEFT JOIN state_pieces p ON p.id = l.piece_id GROUP BY c.id"
        " HAVING c.size <> coalesce(sum(p.size), 0)"
        " OR count(l.position) <> coalesce(max(l.position) + 1, 0)"
    )
    holding = database.rows(
        "SELECT DISTINCT checkpoint_id FROM checkpoint_pieces WHERE piece_id IN"
        " (SELECT value FROM json_each(?))",
        (json.dumps(sorted(damaged)),),
    )
    left_over = database.value(
        "SELECT count(*) FROM state_pieces p WHERE NOT EXISTS"
        " (SELECT 1 FROM checkpoint_pieces l WHERE l.piece_id = p.id)"
    )
    problems = []
    if lost := sorted({key for (key,) in (*broken, *holding)}):
        named = ", ".join(map(str, lost[:_NAMED])) + (" …" if len(lost) > _NAMED else "")
        problems.append(
            f"Checkpoints whose state is not the one that was saved: {len(lost):,} ({named})."
            " Restore a backup, or forget them (hpm checkpoints STORE forget ID) and go on from"
            " another one."
        )
    if left_over:
        problems.append(
            f"Pieces of states that no checkpoint has: {left_over:,}. They only take space;"
            " restore a backup."
        )
    return problems
