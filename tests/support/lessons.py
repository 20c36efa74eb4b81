"""Stores whose episodes are about one of a few topics, with vectors that say which."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.episode_writer import EpisodeWriter
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from hpm_engine.values.vectors import VectorKind

DIMENSION = 32
STEPS = 10  # of an episode: two memories
ENCODER = EncoderIdentity("made", "0" * 64, DIMENSION)


def write_lessons(
    memory: Memory,
    topic: str,
    count: int,
    encoder: EncoderIdentity = ENCODER,
    first: int | None = None,
    steps: int = STEPS,
    *,
    encoded: bool = True,
) -> None:
    """Episodes of a project, all about it; ``first`` is for those that are there already."""
    direction = np.random.default_rng(sum(topic.encode())).standard_normal(DIMENSION)
    direction /= np.linalg.norm(direction)
    writer, rows = (
        EpisodeWriter(memory.internals.database, memory.internals.steps),
        VectorRows(memory.internals.database),
    )
    if first is None:
        first = memory.internals.database.value("SELECT coalesce(max(id), 0) FROM episodes")
    random = np.random.default_rng(first)
    with memory.internals.database.writing():
        current = rows.current(VectorKind.STEP)
        if current is None or current.sha256 != encoder.sha256:
            current = rows.register(VectorKind.STEP, encoder)
            rows.use(current)
        memory.internals.steps.begin()
        for number in range(first, first + count):
            text = f"edit src/{topic}/{topic}_model.py to fix {topic}"
            call = Part(PartKind.CALL, text, name=f"{topic}_tool")
            drafts = [StepDraft(StepSource.AGENT, (call,), 1) for _ in range(steps)]
            draft = EpisodeDraft("test", f"{topic}{number}", drafts, project=topic)
            written = [encode_step(step) for step in drafts]
            episode_id = writer.write(draft, written, Job()).episode_id
            if not encoded:
                continue
            vectors = direction + 0.1 * random.standard_normal((steps, DIMENSION))
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            positions = np.arange(steps, dtype="<u4").tobytes()
            rows.put(current, episode_id, steps, positions, vectors.astype("<f2").tobytes())
        memory.internals.steps.flush()


def school(path: Path, *topics: str, count: int = 20) -> Memory:
    """A new store with ``count`` episodes of each topic."""
    memory = open_memory(path, create=True)
    for topic in topics:
        write_lessons(memory, topic, count)
    return memory


def tables(memory: Memory) -> dict[str, list[tuple[object, ...]]]:
    """Every byte of the prototype tables, and the tier of each episode."""
    names = {"prototypes": "1", "prototype_members": "1, 2, 3", "prototype_space": "1"}
    rows_by_table = {
        name: memory.internals.database.rows(f"SELECT * FROM {name} ORDER BY {order}")
        for name, order in names.items()
    }
    return rows_by_table | {
        "tiers": memory.internals.database.rows("SELECT id, tier, kept_share FROM episodes")
    }
