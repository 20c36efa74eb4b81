"""Turns a compressed memory into a row of the store, and that row into the record shown."""

from __future__ import annotations

import time

from hpm_engine.compressor.compression import ROW, Compression
from hpm_engine.compressor.evidence.identifiers import IDENTIFIER
from hpm_engine.compressor.packing.container import MemoryContents, mask_bits_of, side_cars
from hpm_engine.store.rows.compressed import CompressedRow
from hpm_engine.values.compression import Budget, CompressedEpisode, SideCar


def row_of(
    episode_id: int, digest: bytes, budget: Budget, compression: Compression
) -> CompressedRow:
    """The row that a compression of an episode's present state is written as."""
    now = time.time_ns() // 1000
    sizes = compression.raw_size, compression.zstd_size
    return CompressedRow(episode_id, digest, budget, *sizes, now, None, compression.data)


def record_of(
    row: CompressedRow, kept: MemoryContents, *, written: bool = True
) -> CompressedEpisode:
    """What a row holds, with the bytes of each thing in it; ``kept`` is what it unpacks to."""
    cars = side_cars(kept, mask_bits_of(row.data))
    return CompressedEpisode(
        episode_id=row.episode_id,
        scorer=kept.scorer,
        budget=row.budget,
        steps=kept.length,
        mask=kept.mask,
        decision_points=kept.points,
        penalty=kept.penalty,
        spans=kept.spans,
        ledger=kept.ledger,
        raw_size=row.raw_size,
        zstd_size=row.zstd_size,
        stored_size=len(row.data) + ROW,
        side_cars=(SideCar("row", ROW), *cars),
        made_at=row.made_at if written else None,
        valued=kept.valued,
        values=kept.values,
    )


def words_left(kept: MemoryContents) -> frozenset[str]:
    """The identifiers that are left of an episode, in its texts and in its ledger."""
    listed = (entry.word for entry in kept.ledger)
    quoted = (word for span in kept.spans for word in IDENTIFIER.findall(span.text))
    return frozenset((*listed, *quoted))
