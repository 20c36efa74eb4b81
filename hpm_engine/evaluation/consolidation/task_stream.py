"""A stream of repositories to learn one after another: made of real memories, split by episode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import CYCLE_MEMORIES
from hpm_engine.consolidator.mixture import Matrix
from hpm_engine.consolidator.windows import centred, memories_of
from hpm_engine.memory import Memory
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.vectors import VectorKind

FEWEST = 16  # episodes of a repository that is in the stream
CYCLES = 2  # of a task


class Corpus(NamedTuple):
    """All memories of a store: rows (n, d) not yet centred, their episode and repository."""

    rows: Matrix
    episodes: NDArray[np.int64]
    repositories: NDArray[np.int64]
    names: tuple[str, ...]


class StreamTask(NamedTuple):
    """One repository: its cycles of memories to learn, and memories of other episodes to ask.

    ``spare`` are memories of the learned episodes beyond those of the cycles.
    """

    label: int
    cycles: tuple[NDArray[np.int64], ...]
    spare: NDArray[np.int64]
    held_out: NDArray[np.int64]


class Stream(NamedTuple):
    """Tasks in their order over centred unit rows."""

    rows: Matrix
    labels: NDArray[np.int64]
    tasks: tuple[StreamTask, ...]

    def learned(self) -> NDArray[np.int64]:
        """All memories of all cycles."""
        return np.concatenate([part for task in self.tasks for part in task.cycles])


def corpus_of(memory: Memory) -> Corpus:
    """The memories of every encoded episode; its repository is the start of its task's name."""
    vectors = VectorRows(memory.internals.database)
    encoder = vectors.current(VectorKind.STEP)
    assert encoder is not None
    results = memory.episodes.find(EpisodeQuery())
    names: dict[str, int] = {}
    rows, episodes, repositories = [], [], []
    for episode in memory.episodes.get(results.window(0, len(results))):
        name = episode.key.split("/")[0].rpartition("-")[0]
        for row in vectors.get(encoder, [episode.id]):
            memories = memories_of(np.frombuffer(row.data, "<f2").reshape(row.count, -1))
            rows.append(memories)
            episodes += [episode.id] * len(memories)
            repositories += [names.setdefault(name, len(names))] * len(memories)
    return Corpus(np.vstack(rows), np.array(episodes), np.array(repositories), tuple(names))


def stream_of(corpus: Corpus, seed: int) -> Stream:
    """The repositories in an order of ``seed``, half of each one's episodes held out.

    The origin is the mean of all memories that are learned: as a store's own would, it knows what
    texts have in common, and no labels.
    """
    random = np.random.default_rng(seed)
    tasks = []
    for label in random.permutation(_repositories(corpus)):
        episodes = random.permutation(np.unique(corpus.episodes[corpus.repositories == label]))
        learned = np.isin(corpus.episodes, episodes[: len(episodes) // 2])
        asked = np.isin(corpus.episodes, episodes[len(episodes) // 2 :])
        drawn, spare = np.split(
            random.permutation(np.flatnonzero(learned)), [CYCLES * CYCLE_MEMORIES.value]
        )
        cycles = (
            drawn[i : i + CYCLE_MEMORIES.value] for i in range(0, len(drawn), CYCLE_MEMORIES.value)
        )
        tasks.append(StreamTask(int(label), tuple(cycles), spare, np.flatnonzero(asked)))
    every = np.concatenate([part for task in tasks for part in task.cycles])
    rows = centred(corpus.rows, corpus.rows[every].mean(axis=0))
    return Stream(rows, corpus.repositories, tuple(tasks))


def _repositories(corpus: Corpus) -> Sequence[int]:
    sizes = {
        label: len(np.unique(corpus.episodes[corpus.repositories == label]))
        for label in range(len(corpus.names))
    }
    return [label for label, size in sizes.items() if size >= FEWEST]
