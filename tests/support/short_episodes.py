"""Episodes of a few words, written through the store's own writer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.job import Job
from hpm_engine.memory import Memory
from hpm_engine.store.branches import Arrival
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.episode_writer import EpisodeWriter
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource
from hpm_engine.values.vectors import StoredEncoder, VectorKind


def said(text: str, flags: StepFlag = StepFlag.NONE) -> StepDraft:
    return StepDraft(StepSource.AGENT, (Part(PartKind.MESSAGE, text),), 1, flags)


def write(memory: Memory, key: str, *texts: str) -> int:
    """Write an episode, one step for each text; its id."""
    return write_all(memory, {key: [said(text) for text in texts]})[0]


def write_all(memory: Memory, episodes: dict[str, list[StepDraft]]) -> list[int]:
    writer = EpisodeWriter(memory.internals.database, memory.internals.steps)
    with memory.internals.database.writing():
        memory.internals.steps.begin()
        ids = [
            writer.write(
                EpisodeDraft("test", key, steps),
                [encode_step(draft) for draft in steps],
                Job(),
                Arrival(lambda _: True),  # what is written again is a source that has grown
            ).episode_id
            for key, steps in episodes.items()
        ]
        memory.internals.steps.flush()
    return ids


def remove(memory: Memory, episode_id: int) -> None:
    with memory.internals.database.writing():
        memory.internals.steps.remove_from(episode_id, 0)
        memory.internals.database.execute(
            "DELETE FROM episode_tools WHERE episode_id = ?", (episode_id,)
        )
        memory.internals.database.execute("DELETE FROM main.episodes WHERE id = ?", (episode_id,))


def vectors(memory: Memory, kind: VectorKind = VectorKind.STEP) -> dict[int, NDArray[np.float16]]:
    """The vectors in use by episode."""
    rows = VectorRows(memory.internals.database)
    encoder = rows.current(kind)
    assert encoder is not None
    return {
        row.episode_id: np.frombuffer(row.data, "<f2").reshape(row.count, encoder.dimension)
        for row in rows.since(encoder)
    }


def current(memory: Memory, kind: VectorKind = VectorKind.STEP) -> StoredEncoder:
    encoder = VectorRows(memory.internals.database).current(kind)
    assert encoder is not None
    return encoder


def fill(memory: Memory, count: int, per_episode: int, dimension: int = 32) -> StoredEncoder:
    """Episodes with made vectors, as if one encoder had made them of their steps."""
    first = memory.internals.database.value("SELECT coalesce(max(id), 0) FROM episodes")
    ids = write_all(memory, {f"v{first + n}": [said("a step")] for n in range(count)})
    random = np.random.default_rng(first)
    centres = np.random.default_rng(7).standard_normal((40, dimension))
    rows = VectorRows(memory.internals.database)
    with memory.internals.database.writing():
        encoder = rows.register(VectorKind.STEP, MADE)
        rows.use(encoder)
        for episode_id in ids:
            steps = centres[random.integers(40, size=per_episode)]
            steps = steps + 0.5 * random.standard_normal(steps.shape)
            steps /= np.linalg.norm(steps, axis=1, keepdims=True)
            positions = np.arange(per_episode, dtype="<u4").tobytes()
            rows.put(encoder, episode_id, 1, positions, steps.astype("<f2").tobytes())
    return encoder


MADE = EncoderIdentity("made", "0" * 64, 32)


def nearest(
    memory: Memory, query: NDArray[np.float32], k: int, among: set[int] | None = None
) -> dict[int, float]:
    """The nearest steps and their scores, best first, by comparing every vector of the store."""
    scored = []
    for row in VectorRows(memory.internals.database).since(current(memory)):
        if among is None or row.episode_id in among:
            data = np.frombuffer(row.data, "<f2").reshape(row.count, -1).astype(np.float32)
            positions = np.frombuffer(row.positions, "<u4").tolist()
            scored += [
                (-round(float(score), 5), row.episode_id << 24 | position)
                for score, position in zip(data @ query, positions, strict=True)
            ]
    return {key: -score for score, key in sorted(scored)[:k]}
