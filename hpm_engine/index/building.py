"""Makes a generation of an index, when there are enough vectors and the last one is old."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import EXACT_SEARCH_VECTORS, PQ_SUBQUANTIZERS
from hpm_engine.index import generation as files
from hpm_engine.index.generation import Generation
from hpm_engine.index.ivf_pq import IvfPq
from hpm_engine.index.listing import Listing
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.system.log.work import work
from hpm_engine.values.vectors import EpisodeVectors, StoredEncoder

_LOG = logging.getLogger(__name__)
# Up to here all are compared, exactly, in 1 ms (256 floats); IVF-PQ would find less, no sooner.
_BEHIND = 0.1  # of the vectors: so many may be missing in, or gone from, a generation
_GROWN = 2.0  # times the vectors that it was trained on: time to train again
_WORN = 1.2  # times the residual at its training: the same


class IndexBuilder:
    """Builds the generations of a store's indexes; ``exact`` is how many vectors need none."""

    def __init__(
        self,
        database: Database,
        log: AuditLog,
        cache: Path,
        exact: int = EXACT_SEARCH_VECTORS.value,
    ) -> None:
        self._db = database
        self._log = log
        self._rows = VectorRows(database)
        self._cache = cache
        self._exact = exact

    def build(self, encoder: StoredEncoder, job: Job) -> bool:
        """Bring the index of an encoder's vectors up to date; whether that took a new generation.

        Raises ``Cancelled``, or ``OSError`` for a full disk; the generation before it then stays in
        use, as where there can be no folder in the cache. A store under a passphrase has no index
        outside of it: all its vectors are compared.
        """
        if self._db.seal is not None:
            return False
        count = self._rows.count(encoder)
        if count <= self._exact or encoder.dimension % PQ_SUBQUANTIZERS.value:
            return False
        state = self._rows.state(encoder.kind)
        last = files.read(self._cache, state.generation, state.sha256)
        if last is not None and self._behind(last, encoder, count) <= _BEHIND * count:
            return False
        try:
            folder = files.new_folder(self._cache)
        except OSError as error:
            _LOG.warning(
                "%s: no index can be kept there (%s); searches by meaning compare every vector. "
                "Set HPM_CACHE_DIR to a folder that you may write to.",
                self._cache,
                error.strerror or error,
            )
            return False
        try:
            with work(_LOG, "building an index of vectors") as counts:
                counts["vectors"] = count
                self._make(folder, encoder, last, job)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        files.remove_others(self._cache, self._rows.generations())
        return True

    def _behind(self, last: Generation, encoder: StoredEncoder, count: int) -> int:
        """How many vectors a generation lacks, or has too many."""
        alive = last.listing.alive(np.array(self._rows.ids(encoder), dtype=np.int64))
        there = int(last.listing.rows[alive, 2].sum())
        return (len(last.listing) - there) + (count - there)

    def _make(
        self, folder: Path, encoder: StoredEncoder, last: Generation | None, job: Job
    ) -> None:
        with self._db.reading():
            listing = Listing.of(self._copied(folder, encoder, job))
        shape = len(listing), encoder.dimension
        data = np.memmap(files.data_file(folder), np.dtype("<f2"), "r", shape=shape)
        ivf, trained = _trained(last, data, job)
        ivf.add(data, job)
        del data  # Windows moves no folder with an open file in it
        name, digest = files.finish(folder, encoder.sha256, listing, ivf, trained)
        with self._db.writing():
            self._rows.publish(encoder, name, digest)
            detail = {"generation": name, "vectors": len(listing), "lists": ivf.index.nlist}
            self._log.append("index", f"encoder:{encoder.id}", after=digest, detail=detail)

    def _copied(self, folder: Path, encoder: StoredEncoder, job: Job) -> Iterator[EpisodeVectors]:
        done = 0
        with files.data_file(folder).open("wb") as stream:
            for row in self._rows.since(encoder):
                job.step(done, note="copying", unit="steps")
                stream.write(row.data)
                done += row.count
                yield row


def _trained(
    last: Generation | None, data: NDArray[np.float16], job: Job
) -> tuple[IvfPq, tuple[int, float]]:
    """An empty index for ``data``: the last one's training where that still fits."""
    if last is not None:
        trained_on, residual = last.manifest.trained_on, last.manifest.residual
        grown = len(data) >= _GROWN * trained_on
        if not grown and last.ivf.residual(data) <= _WORN * residual:
            last.ivf.index.reset()
            return last.ivf, (trained_on, residual)
    ivf = IvfPq.trained(data, job)
    return ivf, (len(data), ivf.residual(data))
