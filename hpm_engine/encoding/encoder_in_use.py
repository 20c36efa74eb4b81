"""The shipped encoder with a store's own counts of words."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.encoder.piece_counts import RUN, PieceCounts
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.step_text import action_text
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.values.vectors import StoredEncoder, VectorKind

_READ = 1_000  # steps whose texts are in memory at a time


def encoder_in_use(database: Database) -> StaticEncoder | None:
    """The encoder of the step vectors in use, for queries.

    ``None`` where the store has no vectors, or those of an encoder that this version of the
    program cannot make: encoding the store again helps.
    """
    rows = VectorRows(database)
    current = rows.current(VectorKind.STEP)
    return None if current is None else _made_again(database, rows, current)


def encoder_to_use(database: Database, steps: StepRows, job: Job) -> StaticEncoder:
    """The encoder for the store's new step vectors.

    It is that of a stopped run; else the one in use, until the store has twice the words that it
    was made with; else a new one, made with the words that the store has now.
    """
    rows = VectorRows(database)
    known = [stored for stored in rows.encoders() if stored.kind is VectorKind.STEP]
    for stored in sorted(known, key=lambda stored: stored.current):
        encoder = _made_again(database, rows, stored)
        if encoder is None:
            continue
        now = PieceCounts(rows.runs(stored, RUN))
        if not stored.current or not encoder.counts.outgrown(now):
            return encoder
    return StaticEncoder(StaticEncoder().counted(_texts(database, steps, job)))


def made_with(encoder: StaticEncoder) -> bytes:
    """The bytes that a store keeps of the encoder, to make it again."""
    return msgspec.msgpack.encode(encoder.counts)


def _made_again(
    database: Database, rows: VectorRows, stored: StoredEncoder
) -> StaticEncoder | None:
    kept = rows.made_with(stored)
    if not kept:
        return None
    with database.decoding("an encoder's counts"):
        encoder = StaticEncoder(msgspec.msgpack.decode(kept, type=PieceCounts))
    return encoder if encoder.identity.sha256 == stored.sha256 else None


def _texts(database: Database, steps: StepRows, job: Job) -> Iterator[list[str]]:
    """The texts of each episode's steps."""
    with database.reading():
        episodes = EpisodeRows(database).step_counts()
    for done, (episode_id, count) in enumerate(episodes):
        texts: list[str] = []
        for start in range(0, count, _READ):
            job.step(done, len(episodes), "counting words", "episodes")
            with database.reading():
                read = steps.steps(episode_id, start, start + _READ)
            texts += [text for step in read if (text := action_text(step))]
        yield texts
