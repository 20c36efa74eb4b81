"""Lists all compressed memories of a store in order, and reads each in brief."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.compressor.compression import ROW
from hpm_engine.compressor.packing.container import unpack
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.compressed import CompressedRow, CompressedRows
from hpm_engine.values.compression import CompressedBrief, CompressedList, CompressedOrder

CELLS = 200  # of a brief's mask: more than a screen shows of one among hundreds


class CompressedListing:
    """Reads what is compressed; a page at a time, because each memory must be unpacked."""

    def __init__(self, database: Database, rows: CompressedRows) -> None:
        self._db, self._rows = database, rows

    def listed(self, order: CompressedOrder) -> CompressedList:
        """The ids of all compressed episodes, with the ratio of each on stored bytes."""
        return self._rows.listed(order, ROW)

    def briefs(self, ids: Sequence[int]) -> list[CompressedBrief]:
        """Each memory in brief, in that order; ids that are whole or gone are left out."""
        briefs = []
        for key in ids:
            row = self._rows.get(key)
            if row is not None:
                with self._db.decoding("compressed memories"):
                    briefs.append(_brief(row))
        return briefs


def _brief(row: CompressedRow) -> CompressedBrief:
    kept = unpack(row.data)
    holding = {span.seq for span in kept.spans}
    held = bytes(255 if seq in holding else 0 for seq in range(kept.length))
    return CompressedBrief(
        episode_id=row.episode_id,
        scorer=kept.scorer,
        budget=row.budget,
        steps=kept.length,
        mask=_cells(kept.mask),
        kept=_cells(held),
        kept_steps=len(holding),
        decision_points=len(kept.points),
        decision_points_kept=len(holding.intersection(kept.points)),
        ledger=len(kept.ledger),
        raw_size=row.raw_size,
        stored_size=len(row.data) + ROW,
        made_at=row.made_at,
    )


def _cells(values: bytes) -> bytes:
    """The values, or the largest of each of ``CELLS`` stretches where there are more."""
    count = len(values)
    if count <= CELLS:
        return values
    return bytes(
        max(values[cell * count // CELLS : (cell + 1) * count // CELLS]) for cell in range(CELLS)
    )
