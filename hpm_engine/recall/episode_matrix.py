"""One vector for each episode, in memory: exact and centred by the candidates of a recall."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.vectors import StoredEncoder, VectorKind, VectorState

_GROWTH = 2  # times the room that there was


class _Centred(msgspec.Struct, frozen=True):
    """The unit rows of those of a pool that have a vector, each from the pool's mean."""

    pool: Sequence[int]
    known: list[int]
    middle: NDArray[np.float32]
    vectors: NDArray[np.float32]


class EpisodeMatrix:
    """The mean of each episode's vectors of one kind, as unit rows of 16-bit floats.

    Up to date with the store at each use; 25,000 episodes of 256 floats take 13 MB.
    """

    def __init__(self, rows: VectorRows, kind: VectorKind) -> None:
        self._rows = rows
        self._kind = kind
        self._state: VectorState | None = None
        self._last = 0
        self._places: dict[int, int] = {}
        self._data: NDArray[np.float16] = np.empty((0, 0), np.float16)
        self._centred: _Centred | None = None

    def scores(self, query: NDArray[np.float32], pool: Sequence[int]) -> dict[int, float]:
        """The cosine of ``query`` (d,) with each episode of ``pool`` that has a vector.

        Both are taken from the pool's mean: what all candidates have in common tells none apart
        (MRR .51 to .53 on transfer). A pool of one is left as it is.
        """
        self._refresh(len(query))
        if not query.any() or not (centred := self._of(pool)).known:
            return {}
        if len(centred.known) > 1:
            query = _unit((query - centred.middle)[None])[0]
        return dict(zip(centred.known, (centred.vectors @ query).tolist(), strict=True))

    def _of(self, pool: Sequence[int]) -> _Centred:
        """The vectors of a pool from its mean; kept, since most recalls ask for the same pool."""
        if self._centred is not None and self._centred.pool == pool:
            return self._centred
        known = [key for key in pool if key in self._places]
        vectors = self._data[[self._places[key] for key in known]].astype(np.float32)
        middle = vectors.mean(axis=0) if len(known) > 1 else np.zeros(vectors.shape[1], np.float32)
        if len(known) > 1:
            vectors = _unit(vectors - middle)
        self._centred = _Centred(pool, known, middle, vectors)
        return self._centred

    def _refresh(self, dimension: int) -> None:
        state = self._rows.state(self._kind)
        if state == self._state:
            return
        encoder = self._rows.current(self._kind)
        before = self._state
        if before is None or encoder is None or before.encoder_id != encoder.id:
            self._places, self._last = {}, 0
            self._data = np.empty((0, dimension), np.float16)
        if encoder is not None:
            self._append(encoder)
        self._state = state
        self._centred = None

    def _append(self, encoder: StoredEncoder) -> None:
        used = len(self._places)
        for row in self._rows.since(encoder, self._last):
            self._last = row.id
            if not row.count:
                continue
            row_index = self._places.get(row.episode_id, used)
            if row_index == used:
                used += 1
                self._places[row.episode_id] = row_index
            if row_index >= len(self._data):
                self._grow(encoder.dimension)
            vectors = np.frombuffer(row.data, "<f2").reshape(row.count, -1).astype(np.float32)
            self._data[row_index] = _unit(vectors.mean(axis=0)[None])[0]

    def _grow(self, dimension: int) -> None:
        larger = np.zeros((max(256, _GROWTH * len(self._data)), dimension), np.float16)
        larger[: len(self._data)] = self._data
        self._data = larger


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return unit
