"""The first actions of each episode by the stronger encoder: a background job, and its queries."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.installed import minilm_path
from hpm_engine.job import Job
from hpm_engine.records import StepSource
from hpm_engine.reports import EncodeReport
from hpm_engine.step_text import action_text
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.database import Database
from hpm_engine.store.step_rows import StepRows
from hpm_engine.store.vectors import VectorRows
from hpm_engine.vectors import StoredEncoder, Unencoded, VectorKind

if TYPE_CHECKING:
    from hpm_engine.encoder.minilm import MiniLMEncoder

ACTIONS = 8  # of an episode that are encoded
_LOOKED_AT = 64  # steps among which they are looked for
_BATCH = 16  # episodes in a transaction: about two seconds of work
_ASKED = 200


class OpeningQueries:
    """Encodes cues for stores that have openings; loads the model when it is first of use."""

    def __init__(self, rows: VectorRows) -> None:
        self._rows = rows
        self._encoder: MiniLMEncoder | None = None

    def encode(self, cue: str) -> NDArray[np.float32] | None:
        """The cue as a vector; ``None`` without openings by a model that is installed."""
        current = self._rows.current(VectorKind.OPENING)
        path = minilm_path()
        if current is None or path is None:
            return None
        if self._encoder is None:
            from hpm_engine.encoder.minilm import MiniLMEncoder  # torch: a second

            self._encoder = MiniLMEncoder(path)
        if current.sha256 != self._encoder.identity.sha256:
            return None
        return self._encoder.encode_cue(cue)


def encode_openings(
    database: Database, log: AuditLog, steps: StepRows, encoder: MiniLMEncoder, job: Job
) -> EncodeReport:
    """Encode the first actions of every episode that lacks them.

    Raises ``Cancelled`` with the batches before it kept; run again, it goes on.
    """
    started = time.monotonic()
    rows = VectorRows(database)
    stored = _register(database, log, rows, encoder)
    total = database.value("SELECT count(*) FROM episodes")
    episodes = vectors = 0
    missing = _missing(database, rows, stored)
    while batch := list(islice(missing, _BATCH)):
        found: list[tuple[Unencoded, NDArray[np.uint32], NDArray[np.float16]]] = []
        for one in batch:
            job.step(episodes, total, "encoding first actions", "episodes")
            with database.reading():
                texts = _first_actions(steps, one.episode_id)
            made = encoder.encode(list(texts.values()))
            known = made.any(axis=1)
            places = np.fromiter(texts, np.uint32, len(texts))[known]
            found.append((one, places, made[known].astype("<f2")))
            episodes += 1
            vectors += len(places)
        _write(database, log, rows, stored, found)
    seconds = time.monotonic() - started
    return EncodeReport(stored.name, episodes, vectors, vectors, seconds)


def _register(
    database: Database, log: AuditLog, rows: VectorRows, encoder: MiniLMEncoder
) -> StoredEncoder:
    """The store's entry of the encoder, in use from now on: openings only ever join a score."""
    current = rows.current(VectorKind.OPENING)
    if current is not None and current.sha256 == encoder.identity.sha256:
        return current
    with database.writing():
        stored = rows.register(VectorKind.OPENING, encoder.identity)
        rows.use(stored)
        before = "" if current is None else current.sha256
        log.append(
            "use encoder", f"encoder:{stored.id}", before=before, after=encoder.identity.sha256
        )
    return stored


def _missing(database: Database, rows: VectorRows, stored: StoredEncoder) -> Iterator[Unencoded]:
    after = 0
    while True:
        with database.reading():
            found = rows.missing(stored, after, _ASKED)
        if not found:
            return
        yield from found
        after = found[-1].episode_id


def _first_actions(steps: StepRows, episode_id: int) -> dict[int, str]:
    texts: dict[int, str] = {}
    for step in steps.steps(episode_id, 0, _LOOKED_AT):
        if step.source is StepSource.AGENT and len(texts) < ACTIONS and (text := action_text(step)):
            texts[step.seq] = text
    return texts


def _write(
    database: Database,
    log: AuditLog,
    rows: VectorRows,
    stored: StoredEncoder,
    found: list[tuple[Unencoded, NDArray[np.uint32], NDArray[np.float16]]],
) -> None:
    digest = sha256()
    with database.writing():
        written = [one for one in found if rows.unchanged(stored, one[0])]
        for episode, places, data in written:
            packed = places.astype("<u4").tobytes(), data.tobytes()
            rows.put(stored, episode.episode_id, episode.stop, *packed)
            digest.update(packed[1])
        log.append(
            "encode",
            f"encoder:{stored.id}",
            after=digest.hexdigest(),
            detail={
                "episodes": len(written),
                "vectors": sum(len(places) for _, places, _ in written),
            },
        )
