"""The encoding of steps and episodes without vectors, in batches, one transaction each."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from hpm_engine.encoder.protocol import StepEncoder
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.step_text import action_text
from hpm_engine.encoding.encoder_in_use import encoder_to_use, made_with
from hpm_engine.encoding.phi import encode_phi
from hpm_engine.encoding.phi_in_use import phi_in_use
from hpm_engine.index.building import IndexBuilder
from hpm_engine.index.cache import index_folder
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.system.log.work import work
from hpm_engine.values.reports import EncodeReport
from hpm_engine.values.vectors import StoredEncoder, Unencoded, VectorKind

_LOG = logging.getLogger(__name__)
_BATCH = 4_000  # steps in one transaction: about a second of work
_READ = 1_000  # steps whose texts are in memory at a time
_ASKED = 200  # episodes of a look-up


class _Encoded(NamedTuple):
    """New vectors of an episode."""

    episode: Unencoded
    positions: NDArray[np.uint32]  # (n,)
    data: NDArray[np.float16]  # (n, d): unit rows


def encode_and_index(
    database: Database,
    log: AuditLog,
    steps: StepRows,
    job: Job,
    encoder: StepEncoder | None,
) -> EncodeReport:
    """Encode the steps and episodes that lack vectors, then bring the indexes up to date."""
    with work(_LOG, "encoding") as counts:
        report = _encoded(database, log, steps, job, encoder)
        counts.update(episodes=report.episodes, steps=report.steps, vectors=report.vectors)
    return report


def _encoded(
    database: Database,
    log: AuditLog,
    steps: StepRows,
    job: Job,
    encoder: StepEncoder | None,
) -> EncodeReport:
    started, head = time.monotonic(), log.head()
    if encoder is None:
        encoder = encoder_to_use(database, steps, job)
    report = Encoding(database, log, steps, encoder).run(job)
    if isinstance(encoder, StaticEncoder):  # φ was trained over it
        encode_phi(database, log, steps, phi_in_use(database, encoder), job)
    builder = IndexBuilder(database, log, index_folder(database))
    current = (VectorRows(database).current(kind) for kind in VectorKind)
    searched = [
        stored for stored in current if stored is not None and stored.kind is not VectorKind.OPENING
    ]
    built = [builder.build(stored, job) for stored in searched]
    return structs.replace(
        report,
        seconds=time.monotonic() - started,
        changed=log.tells_of(report.CHANGES, head),
        indexed=any(built),
    )


class Encoding:
    """The encoding of a store's steps and episodes by one step encoder.

    While another encoder's vectors are in use they stay in use, and complete, until all new ones
    are stored. Cancelled, killed or run again, the result is that of one run.
    """

    def __init__(
        self, database: Database, log: AuditLog, steps: StepRows, encoder: StepEncoder
    ) -> None:
        self._db = database
        self._log = log
        self._steps = steps
        self._rows = VectorRows(database)
        self._encoder = encoder

    def run(self, job: Job) -> EncodeReport:
        """Encode steps without a vector. Raises ``Cancelled`` with the batches before it kept."""
        started, head = time.monotonic(), self._log.head()
        step, mean = self._register()
        total = self._rows.count_missing(step)
        episodes = steps = vectors = 0
        batch: list[_Encoded] = []
        for missing in self._missing(step):
            job.step(steps, total, "encoding", "steps")
            batch.append(self._encode(missing, job))
            steps += missing.stop - missing.start
            episodes += 1
            vectors += len(batch[-1].positions)
            if sum(new.episode.stop - new.episode.start for new in batch) >= _BATCH:
                self._write(step, mean, batch)
                batch = []
                job.give_way()
        self._write(step, mean, batch)
        self._use(step, mean)
        seconds = time.monotonic() - started
        changed = self._log.tells_of(EncodeReport.CHANGES, head)
        return EncodeReport(step.name, episodes, steps, vectors, seconds, changed)

    def _register(self) -> tuple[StoredEncoder, StoredEncoder]:
        """The store's entries of this encoder, for steps and means; in use if there were none."""
        encoder = self._encoder
        identity = encoder.identity
        kinds = VectorKind.STEP, VectorKind.MEAN
        known = {
            (stored.kind, stored.name, stored.sha256, stored.dimension): stored
            for stored in self._rows.encoders()
        }
        wanted = [(kind, identity.name, identity.sha256, identity.dimension) for kind in kinds]
        if not all(key in known for key in wanted):
            with self._db.writing():
                first = all(self._rows.current(kind) is None for kind in kinds)
                kept = made_with(encoder) if isinstance(encoder, StaticEncoder) else b""
                step, mean = (self._rows.register(kind, identity, kept) for kind in kinds)
                detail = {"name": identity.name, "dimension": identity.dimension}
                self._log.append(
                    "add encoder", f"encoder:{step.id}", after=identity.sha256, detail=detail
                )
                if first:
                    self._take_into_use(step, mean)
            return step, mean
        step, mean = (known[key] for key in wanted)
        return step, mean

    def _missing(self, step: StoredEncoder) -> Iterator[Unencoded]:
        after = 0
        while missing := self._rows.missing(step, after, _ASKED):
            yield from missing
            after = missing[-1].episode_id

    def _encode(self, episode: Unencoded, job: Job) -> _Encoded:
        positions: list[NDArray[np.uint32]] = []
        data: list[NDArray[np.float16]] = []
        for start in range(episode.start, episode.stop, _READ):
            stop = min(start + _READ, episode.stop)
            job.step(start - episode.start, note="encoding", unit="steps of one episode")
            with self._db.reading():
                steps = self._steps.steps(episode.episode_id, start, stop)
            texts = {step.seq: text for step in steps if (text := action_text(step))}
            rows = self._encoder.encode(list(texts.values()))
            known = rows.any(axis=1)  # an unknown text has a row of zeros
            positions.append(np.fromiter(texts, np.uint32, len(texts))[known])
            data.append(rows[known].astype("<f2"))
        dimension = self._encoder.identity.dimension
        return _Encoded(
            episode,
            np.concatenate([np.empty(0, np.uint32), *positions]),
            np.concatenate([np.empty((0, dimension), np.float16), *data]),
        )

    def _write(self, step: StoredEncoder, mean: StoredEncoder, batch: list[_Encoded]) -> None:
        if not batch:
            return
        digest = sha256()
        with self._db.writing():
            # An episode that an import changed meanwhile waits for the next run.
            written = [new for new in batch if self._rows.unchanged(step, new.episode)]
            for new in written:
                whole = self._with_earlier(step, new)
                self._put(step, whole.episode, whole.positions, whole.data)
                self._put_mean(mean, whole)
                digest.update(whole.data.tobytes())
            ids = [new.episode.episode_id for new in written]
            detail = {
                "episodes": len(ids),
                "first": min(ids, default=0),
                "last": max(ids, default=0),
                "vectors": sum(len(new.positions) for new in written),
            }
            self._log.append(
                "encode", f"encoder:{step.id}", after=digest.hexdigest(), detail=detail
            )

    def _with_earlier(self, step: StoredEncoder, new: _Encoded) -> _Encoded:
        """The stored vectors of the episode, followed by the new ones."""
        for row in self._rows.get(step, [new.episode.episode_id]) if new.episode.start else ():
            earlier = np.frombuffer(row.data, "<f2").reshape(row.count, step.dimension)
            positions = np.concatenate([np.frombuffer(row.positions, "<u4"), new.positions])
            return _Encoded(new.episode, positions, np.concatenate([earlier, new.data]))
        return new

    def _put_mean(self, mean: StoredEncoder, whole: _Encoded) -> None:
        vector = whole.data.astype(np.float32).sum(axis=0)
        length = float(np.linalg.norm(vector))
        count = 1 if length else 0
        unit = (vector / (length or 1.0))[None, :].repeat(count, axis=0)
        self._put(mean, whole.episode, np.zeros(count, np.uint32), unit.astype("<f2"))

    def _put(
        self,
        encoder: StoredEncoder,
        episode: Unencoded,
        positions: NDArray[np.uint32],
        data: NDArray[np.float16],
    ) -> None:
        packed = positions.astype("<u4").tobytes(), data.astype("<f2").tobytes()
        self._rows.put(encoder, episode.episode_id, episode.stop, *packed)

    def _use(self, step: StoredEncoder, mean: StoredEncoder) -> None:
        current = self._rows.current(VectorKind.STEP)
        if current is not None and current.id != step.id:
            with self._db.writing():
                self._take_into_use(step, mean)

    def _take_into_use(self, step: StoredEncoder, mean: StoredEncoder) -> None:
        before = self._rows.current(VectorKind.STEP)
        for stored in (step, mean):
            self._rows.use(stored)
        self._log.append(
            "use encoder",
            f"encoder:{step.id}",
            before="" if before is None else before.sha256,
            after=step.sha256,
        )
