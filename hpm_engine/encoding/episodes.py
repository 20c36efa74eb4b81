"""Vectors of whole episodes, made for the episodes that lack them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.values.reports import EncodeReport
from hpm_engine.values.vectors import StoredEncoder, Unencoded, VectorKind

_ASKED = 200  # episodes of a look-up


class NewVectors(NamedTuple):
    """The vectors of an episode."""

    positions: NDArray[np.uint32]  # (n,)
    rows: NDArray[np.float32]  # (n, d): unit rows; rows of zeros are not kept


class EpisodeEncoding:
    """The encoding of whole episodes in batches, one transaction each; run again, it goes on.

    The encoder is in use from its first batch on, since its vectors only add to a score.
    """

    def __init__(
        self, database: Database, log: AuditLog, kind: VectorKind, identity: EncoderIdentity
    ) -> None:
        self._db = database
        self._log = log
        self._rows = VectorRows(database)
        self._kind = kind
        self._identity = identity

    def run(
        self, encode: Callable[[int], NewVectors], batch: int, note: str, job: Job
    ) -> EncodeReport:
        """Call ``encode`` with the id of each episode that lacks vectors; ``batch`` at a time.

        Raises ``Cancelled`` with the batches before it kept.
        """
        started, head = time.monotonic(), self._log.head()
        stored = self._register()
        total = EpisodeRows(self._db).count()
        episodes = vectors = 0
        missing = self._missing(stored)
        while portion := list(islice(missing, batch)):
            encoded = []
            for episode in portion:
                job.step(episodes, total, note, "episodes")
                encoded.append((episode, encode(episode.episode_id)))
                episodes += 1
            vectors += self._write(stored, encoded)
        seconds = time.monotonic() - started
        changed = self._log.tells_of(EncodeReport.CHANGES, head)
        return EncodeReport(stored.name, episodes, vectors, vectors, seconds, changed)

    def _register(self) -> StoredEncoder:
        current = self._rows.current(self._kind)
        if current is not None and current.sha256 == self._identity.sha256:
            return current
        with self._db.writing():
            stored = self._rows.register(self._kind, self._identity)
            self._rows.use(stored)
            before = "" if current is None else current.sha256
            after = self._identity.sha256
            self._log.append("use encoder", f"encoder:{stored.id}", before=before, after=after)
        return stored

    def _missing(self, stored: StoredEncoder) -> Iterator[Unencoded]:
        after = 0
        while True:
            with self._db.reading():
                missing = self._rows.missing(stored, after, _ASKED)
            if not missing:
                return
            yield from missing
            after = missing[-1].episode_id

    def _write(self, stored: StoredEncoder, encoded: list[tuple[Unencoded, NewVectors]]) -> int:
        """Store the vectors of episodes that are still unchanged; returns their number."""
        digest = sha256()
        count = 0
        with self._db.writing():
            written = [pair for pair in encoded if self._rows.unchanged(stored, pair[0])]
            for episode, new in written:
                known = new.rows.any(axis=1)
                data = new.rows[known].astype("<f2").tobytes()
                positions = new.positions[known].astype("<u4").tobytes()
                self._rows.put(stored, episode.episode_id, episode.stop, positions, data)
                digest.update(data)
                count += int(known.sum())
            self._log.append(
                "encode",
                f"encoder:{stored.id}",
                after=digest.hexdigest(),
                detail={"episodes": len(written), "vectors": count},
            )
        return count
