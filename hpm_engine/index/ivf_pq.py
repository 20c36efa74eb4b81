"""IVF-PQ: vectors in lists around centroids, as 32-byte codes; what it finds is scored exactly.

The paper's numbers are 256 lists and 32 sub-quantisers (section 3.3); FAISS names them IVF256,PQ32.
Without "np" FAISS adds a polysemous training that nothing here uses and that takes 30 to 56 s.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import IVF_CENTROIDS, PQ_SUBQUANTIZERS
from hpm_engine.index.exact import Places, kept_rows, no_places, score_exactly, selection
from hpm_engine.index.library import load_faiss
from hpm_engine.job import Job

_TRAINED_ON = 39  # vectors for each centroid: the least that FAISS trains on without a warning
_MOST_TRAINED_ON = 256 * 256  # vectors
_CODES_TRAINED_ON = 20_000  # vectors
# Rounds of k-means: FAISS's 25 take three times as long, and find no more.
_ROUNDS = 10  # for the centroids of lists
_CODE_ROUNDS = 8  # for the centroids of codes
_ADDED = 20_000  # vectors between two looks at the job
_SEED = 1234
# Lists looked into, for each root of their number: 102 of 256, 410 of 4,096. Many, because cues are
# unlike steps and their neighbours lie scattered.
_PROBES = 6.4
_RERANKED = 1_000  # vectors that are scored exactly, at least
_RERANKED_PER_HIT = 30  # vectors that are scored exactly for each hit
_SAMPLED = 4096  # vectors that tell how well the codes still fit


def lists_for(count: int) -> int:
    """How many lists ``count`` vectors are put into: 256, from 10^5 on about 4 times the root."""
    if count <= 100_000:
        return IVF_CENTROIDS.value
    return max(IVF_CENTROIDS.value, 1 << round(math.log2(4 * math.sqrt(count))))


class IvfPq:
    """An index over vectors of unit length by their inner product; ids are rows from 0 on."""

    def __init__(self, index: Any) -> None:
        self.index = index

    @classmethod
    def trained(cls, data: NDArray[np.float16], job: Job) -> IvfPq:
        """An empty index, trained on a sample of ``data``, the same for the same data."""
        faiss = load_faiss()
        count, dimension = data.shape
        lists = lists_for(count)
        wanted = min(count, max(lists * _TRAINED_ON, _MOST_TRAINED_ON))
        rows = np.sort(np.random.default_rng(_SEED).choice(count, wanted, replace=False))
        sample = data[rows].astype(np.float32)
        centroids = None
        for done in range(_ROUNDS):  # one at a time: FAISS cannot be interrupted
            job.step(done, _ROUNDS, "training the index", "rounds")
            rounds = faiss.Kmeans(
                dimension,
                lists,
                niter=1,
                seed=_SEED,
                spherical=True,
                max_points_per_centroid=wanted,
            )
            rounds.train(sample, init_centroids=centroids)
            centroids = rounds.centroids
        index = faiss.index_factory(
            dimension, f"IVF{lists},PQ{PQ_SUBQUANTIZERS.value}np", faiss.METRIC_INNER_PRODUCT
        )
        index.quantizer.add(centroids)
        index.pq.cp.niter = _CODE_ROUNDS
        job.step(_ROUNDS, _ROUNDS, "training the index", "rounds")
        index.train(sample[:: len(sample) // _CODES_TRAINED_ON + 1])
        return cls(index)

    def add(self, data: NDArray[np.float16], job: Job) -> None:
        """Add vectors; their rows go on from those there are."""
        for start in range(0, len(data), _ADDED):
            job.step(start, len(data), "building the index", "vectors")
            self.index.add(data[start : start + _ADDED].astype(np.float32))

    def search(
        self,
        query: NDArray[np.float32],
        k: int,
        data: NDArray[np.float16],
        kept: NDArray[np.bool_] | None,
    ) -> Places:
        """The best ``k`` of what the nearest lists hold, scored by ``data``, best first."""
        share = 1.0 if kept is None else float(kept.mean())
        if k <= 0 or not share:
            return no_places()
        parameters = selection(kept, nprobe=self._probes(share))
        assert parameters is not None
        wanted = min(len(data), max(_RERANKED, _RERANKED_PER_HIT * k))
        scores, rows = self.index.search(query[None], wanted, params=parameters[0])
        return score_exactly(data, kept_rows(rows[0], scores[0])[0], query, k)

    def _probes(self, share: float) -> int:
        """How many lists to look into; more where a filter leaves a ``share`` of each."""
        lists: int = self.index.nlist
        return min(lists, math.ceil(_PROBES * math.sqrt(lists / share)))

    def residual(self, data: NDArray[np.float16]) -> float:
        """How far the codes are from the vectors: the mean squared distance over a sample."""
        sample = data[:: max(1, len(data) // _SAMPLED)].astype(np.float32)
        decoded = self.index.sa_decode(self.index.sa_encode(sample))
        return float(((sample - decoded) ** 2).sum(axis=1).mean())
