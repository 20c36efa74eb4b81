"""The nearest vectors of a store, as it is at the moment of the search."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.errors import MixedEncoders
from hpm_engine.index.exact import ExactVectors, Places, no_places, score_exactly
from hpm_engine.index.generation import Generation, read
from hpm_engine.index.listing import Listing
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.vectors import EpisodeVectors, StoredEncoder, VectorKind, VectorState

Found = tuple[NDArray[np.int64], NDArray[np.float32]]
# So few that a filter leaves are compared one by one: 3 ms, and none is missed.
_FEW = 20_000


class VectorIndex(ABC):
    """The vectors of one kind, for queries that one encoder makes.

    Up to date with the store at each search: what was added is compared exactly until the next
    generation has it, what was deleted is never found. Used by the thread that opened the store.
    """

    kind: VectorKind

    def __init__(self, database: Database, queries: EncoderIdentity, cache: Path) -> None:
        self._rows = VectorRows(database)
        self._database = database
        self._queries = queries
        self._cache = cache
        self._state: VectorState | None = None
        self._base: Generation | None = None
        self._base_alive = np.empty(0, np.bool_)
        self._tail = Listing.of([])
        self._tail_alive = np.empty(0, np.bool_)
        self._exact = ExactVectors(queries.dimension)

    @property
    def ready(self) -> bool:
        """Whether the store's vectors in use are of the encoder that makes the queries."""
        encoder = self._rows.current(self.kind)
        return encoder is not None and _identity(encoder) == self._queries

    def __len__(self) -> int:
        """How many vectors can be found."""
        with self._database.reading():
            self._refresh()
        listings = [(self._tail, self._tail_alive)]
        if self._base is not None:
            listings.append((self._base.listing, self._base_alive))
        return sum(int(listing.rows[alive, 2].sum()) for listing, alive in listings)

    def search(
        self,
        query: NDArray[np.float32],
        k: int,
        allowed: NDArray[np.int64] | None = None,
    ) -> Found:
        """The ids and scores (inner products) of the ``k`` nearest, best first, ties by id.

        ``query`` has shape (d,); ``allowed`` are the ids of the episodes to look in, all by
        default. A query of zeros finds nothing. Raises ``MixedEncoders`` unless ``ready``.
        """
        query = np.ascontiguousarray(query, dtype=np.float32)
        with self._database.reading():
            self._refresh()
        if query.shape != (self._queries.dimension,):
            raise MixedEncoders(
                f"a query of shape {query.shape}; {self._queries.name} makes vectors of "
                f"{self._queries.dimension} floats."
            )
        if not query.any():
            return no_places()
        ids, scores = self._in_tail(query, k, allowed)
        if self._base is not None:
            rows, base_scores = self._in_base(self._base, query, k, allowed)
            ids = np.concatenate([ids, self._ids(self._base.listing, rows)])
            scores = np.concatenate([scores, base_scores])
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]

    def vectors(self, episode_id: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """An episode's vectors: the positions of their steps (n,), and themselves (n, d)."""
        for _, positions, vectors in self.each([episode_id]):
            return positions, vectors
        return np.empty(0, np.int64), np.empty((0, self._queries.dimension), np.float32)

    def each(
        self, episode_ids: Sequence[int]
    ) -> list[tuple[int, NDArray[np.int64], NDArray[np.float32]]]:
        """The same for each of some episodes that has vectors, with its id."""
        encoder, dimension = self._usable(), self._queries.dimension
        with self._database.reading():
            rows = list(self._rows.get(encoder, episode_ids)) if encoder else []
        return [
            (
                row.episode_id,
                np.frombuffer(row.positions, "<u4").astype(np.int64),
                np.frombuffer(row.data, "<f2").reshape(row.count, dimension).astype(np.float32),
            )
            for row in rows
        ]

    @abstractmethod
    def _ids(self, listing: Listing, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The ids of what the vectors in ``rows`` stand for."""

    def _in_tail(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None
    ) -> Found:
        kept = self._tail.kept(self._tail_alive, allowed)
        rows, scores = self._exact.search(query, k, kept)
        return self._ids(self._tail, rows), scores

    def _in_base(
        self,
        base: Generation,
        query: NDArray[np.float32],
        k: int,
        allowed: NDArray[np.int64] | None,
    ) -> Places:
        kept = base.listing.kept(self._base_alive, allowed)
        if kept is not None and kept.sum() <= _FEW:
            return score_exactly(base.data, np.flatnonzero(kept), query, k)
        return base.ivf.search(query, k, base.data, kept)

    def _usable(self) -> StoredEncoder | None:
        """The store's encoder; ``None`` without vectors. Raises where it is another than ours."""
        encoder = self._rows.current(self.kind)
        if encoder is not None and _identity(encoder) != self._queries:
            raise MixedEncoders(
                f"{self._database.path}: it was prepared for recall ({self.kind.value}) by "
                f"{encoder.name} ({encoder.sha256[:12]}), the query by {self._queries.name} "
                f"({self._queries.sha256[:12]}). Prepare it for recall again (hpm encode)."
            )
        return encoder

    def _refresh(self) -> None:
        """Take in what has changed in the store since the last search."""
        state = self._rows.state(self.kind)
        if state == self._state:
            return
        encoder = self._usable()
        before = self._state
        if before is None or _files(before) != _files(state):
            self._restart(state)
        if encoder is not None:
            self._append(encoder)
            live = np.array(self._rows.ids(encoder), dtype=np.int64)
            self._tail_alive = self._tail.alive(live)
            if self._base is not None:
                self._base_alive = self._base.listing.alive(live)
        self._state = state

    def _restart(self, state: VectorState) -> None:
        self._base = read(self._cache, state.generation, state.sha256)
        self._tail = Listing.of([])
        self._tail_alive = np.empty(0, np.bool_)
        self._exact = ExactVectors(self._queries.dimension)

    def _append(self, encoder: StoredEncoder) -> None:
        last = self._tail.last_row
        if self._base is not None:
            last = max(last, self._base.listing.last_row)

        def taken_in() -> Iterator[EpisodeVectors]:
            for row in self._rows.since(encoder, last):
                self._exact.add(row.data)
                yield row

        self._tail = self._tail.followed_by(Listing.of(taken_in()))


class StepIndex(VectorIndex):
    """The nearest steps: ids as ``hpm_engine.store.rows.steps.step_id`` makes them."""

    kind = VectorKind.STEP

    def _ids(self, listing: Listing, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return listing.step_ids(rows)


class MeanIndex(VectorIndex):
    """The nearest episodes by the mean of their steps: ids of episodes."""

    kind = VectorKind.MEAN

    def _ids(self, listing: Listing, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return listing.episode_ids(rows)


class EpisodeIndex(MeanIndex):
    """The nearest episodes by φ: ids of episodes."""

    kind = VectorKind.EPISODE


def _identity(encoder: StoredEncoder) -> EncoderIdentity:
    return EncoderIdentity(encoder.name, encoder.sha256, encoder.dimension)


def _files(state: VectorState) -> tuple[int | None, str, str]:
    return state.encoder_id, state.generation, state.sha256
