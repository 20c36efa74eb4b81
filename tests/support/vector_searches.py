"""Queries near the made vectors, and how much of the truth an index finds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.index.building import IndexBuilder
from hpm_engine.index.cache import index_folder
from hpm_engine.index.vector_index import StepIndex
from hpm_engine.job import Job
from hpm_engine.memory import Memory
from tests.support.short_episodes import MADE, current, nearest

EXACT = 2_000  # vectors from which on these tests build an IVF-PQ


def steps(memory: Memory, queries: EncoderIdentity = MADE) -> StepIndex:
    return StepIndex(memory.internals.database, queries, index_folder(memory.internals.database))


def build(memory: Memory) -> bool:
    builder = IndexBuilder(
        memory.internals.database,
        memory.internals.log,
        index_folder(memory.internals.database),
        EXACT,
    )
    return builder.build(current(memory), Job())


def queries(count: int = 20, dimension: int = 32) -> list[NDArray[np.float32]]:
    random = np.random.default_rng(7)
    centres = random.standard_normal((40, dimension))
    vectors = centres[:count] + 0.5 * random.standard_normal((count, dimension))
    return list((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32))


def recall(memory: Memory, index: StepIndex, among: set[int] | None = None) -> float:
    """The mean share of the true ten nearest that the index finds."""
    allowed = None if among is None else np.array(sorted(among))
    shares = []
    for query in queries():
        truth = nearest(memory, query, 10, among)
        hits, scores = index.search(query, 10, allowed)
        assert len(hits) == len(truth) and np.all(np.diff(scores) <= 0)
        shares.append(len(set(hits.tolist()) & truth.keys()) / len(truth))
    return float(np.mean(shares))
