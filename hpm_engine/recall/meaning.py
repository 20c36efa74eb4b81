"""Searches by vectors: the steps nearest to a cue, and the nearest of given episodes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.encoding.phi_in_use import phi_in_use
from hpm_engine.index.cache import index_folder
from hpm_engine.index.vector_index import StepIndex
from hpm_engine.recall.episode_matrix import EpisodeMatrix
from hpm_engine.recall.openings import OpeningQueries
from hpm_engine.recall.phi_queries import MakePhi, PhiQueries
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.steps import step_id
from hpm_engine.values.vectors import VectorKind

_LOOKED_AT = 2_000  # steps
_FEW = 50  # of which no spread is worth speaking of
_LEAST = 0.3  # cosine
_OF_BEST = 0.6

Vector = NDArray[np.float32]


class Meaning:
    """Encodes cues as the store's steps were encoded, and compares. Used by one thread."""

    def __init__(self, database: Database, make_phi: MakePhi | None = None) -> None:
        """``make_phi`` gives φ over the store's step encoder: the store's own, or a benchmark's."""
        self._db = database
        self._rows = VectorRows(database)
        self._encoder_id: int | None = None
        self._encoder: StaticEncoder | None = None
        self._steps: StepIndex | None = None
        self._means = EpisodeMatrix(self._rows, VectorKind.MEAN)
        self._openings = EpisodeMatrix(self._rows, VectorKind.OPENING)
        self._opening_queries = OpeningQueries(self._rows)
        self._phis = EpisodeMatrix(self._rows, VectorKind.EPISODE)
        self._phi_queries = PhiQueries(self._rows, make_phi or partial(phi_in_use, database))

    @property
    def ready(self) -> bool:
        """Whether the store has vectors that cues can be compared with."""
        self._refresh()
        return self._encoder is not None

    def encode(self, cue: str) -> Vector:
        """The cue as a vector (d,) like those of steps; zeros where nothing is known of it."""
        self._refresh()
        if self._encoder is None:
            return np.zeros(0, np.float32)
        vector: Vector = self._encoder.encode([cue])[0]
        return vector

    def likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """The cosine of a text with each of some others; [] while there is no encoder."""
        self._refresh()
        if self._encoder is None or not others:
            return []
        vectors = self._encoder.encode([text, *others])
        cosines: list[float] = (vectors[1:] @ vectors[0]).tolist()
        return cosines

    def steps(self, query: Vector, k: int, among: Sequence[int] | None) -> dict[int, float]:
        """The cosines of the ``k`` nearest steps, by step id; ``among`` are episodes."""
        if self._steps is None or not query.any():
            return {}
        allowed = None if among is None else np.array(among, dtype=np.int64)
        ids, scores = self._steps.search(query, k, allowed)
        return dict(zip(ids.tolist(), scores.tolist(), strict=True))

    def steps_of(self, query: Vector, episode_ids: Sequence[int]) -> dict[int, float]:
        """The cosines of all steps of these episodes, by step id."""
        if self._steps is None or not query.any():
            return {}
        cosines: dict[int, float] = {}
        for episode_id, positions, vectors in self._steps.each(episode_ids):
            first = step_id(episode_id, 0)
            cosines |= zip((positions + first).tolist(), (vectors @ query).tolist(), strict=True)
        return cosines

    def near(self, query: Vector, among: Sequence[int] | None) -> list[int]:
        """The steps that are near a query rather than merely the nearest, by id.

        Near is what stands out among the nearest of the whole store: one standard deviation above
        their mean, at least a cosine of .3, and at least .6 of the best. It is the same whatever
        else is asked for.
        """
        nearest = self.steps(query, _LOOKED_AT, None)
        scores = np.array(list(nearest.values()) or [0.0])
        least = max(_LEAST, _OF_BEST * float(scores.max()))
        if len(scores) >= _FEW:
            least = max(least, float(scores.mean() + scores.std()))
        if among is not None:
            nearest = self.steps(query, _LOOKED_AT, among)
        return [key for key, score in nearest.items() if score >= least]

    def episodes(self, query: Vector, pool: Sequence[int]) -> dict[int, float]:
        """The cosines with the mean of each episode's steps, centred by the pool."""
        return self._means.scores(query, pool) if query.any() else {}

    def openings(self, cue: str, pool: Sequence[int]) -> dict[int, float]:
        """The same by the stronger encoder, where it is installed and the store has openings."""
        query = self._opening_queries.encode(cue)
        return {} if query is None else self._openings.scores(query, pool)

    def phis(self, cue: str, pool: Sequence[int]) -> dict[int, float]:
        """The same by φ of the cue and of each episode, where the store has vectors by this φ."""
        self._refresh()
        phi = self._phi_queries.over(self._encoder)
        return {} if phi is None else self._phis.scores(phi.query(cue), pool)

    def _refresh(self) -> None:
        current = self._rows.current(VectorKind.STEP)
        if current is not None and current.id == self._encoder_id:
            return
        self._encoder_id = None if current is None else current.id
        self._encoder = None if current is None else encoder_in_use(self._db)
        self._steps = None
        if self._encoder is not None:
            self._steps = StepIndex(self._db, self._encoder.identity, index_folder(self._db))
