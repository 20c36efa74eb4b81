"""Stores of very many step vectors: noisy mixes of those of real steps, or of invented ones."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.evaluation.recall.library_texts import library_texts
from hpm_engine.evaluation.result import Report
from hpm_engine.job import Job
from hpm_engine.memory import open_memory
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.episode_writer import EpisodeWriter
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import EpisodeQuery, Part, PartKind, StepSource
from hpm_engine.values.vectors import VectorKind

SIZES = {"1e5": 100_000, "1e6": 1_000_000}
_REAL = "mini-swe-agent-gemini3pro"
_PER_EPISODE = 40  # vectors
_BATCH = 500  # episodes in a transaction
_QUERIES = 200  # cues at most
_NOISE = 0.3  # length of the noise beside that of a mix
_CHARACTERS = 600  # of a text from Python's library
_TEXTS = 12_000  # of Python's library
_CUE = 150  # characters of a cue
_EACH = 50  # texts, of which one is a cue
_STEP = StepDraft(StepSource.AGENT, (Part(PartKind.MESSAGE, "a step"),))


class Seeds(NamedTuple):
    """The rows that vectors are mixed from, and the cues: shapes (n, d) and (q, d), unit rows."""

    identity: EncoderIdentity
    vectors: NDArray[np.float32]
    queries: NDArray[np.float32]


def seeds(folder: Path, data: Path | None, report: Report) -> Seeds:
    """The vectors of real agents' steps, their tasks as cues; without ``data`` those of code."""
    if data is not None and (data / _REAL).is_dir():
        report(f"encoding the steps of {_REAL}")
        return _real(folder / "seeds.hpm", data / _REAL)
    report("encoding Python's library")
    encoder = StaticEncoder()
    texts = library_texts(_CHARACTERS, _TEXTS)
    cues = [text[:_CUE] for text in texts[::_EACH]]
    del texts[::_EACH]
    return Seeds(encoder.identity, encoder.encode(texts), encoder.encode(cues)[:_QUERIES])


def _real(store: Path, traces: Path) -> Seeds:
    with open_memory(store, create=True, actor="bench") as memory:
        memory.import_paths([traces])
        memory.encode()
        results = memory.episodes.find(EpisodeQuery())
        tasks = [episode.task for episode in memory.episodes.get(results.window(0, len(results)))]
        encoder = encoder_in_use(memory.internals.database)
        current = VectorRows(memory.internals.database).current(VectorKind.STEP)
        assert encoder is not None and current is not None
        data = b"".join(row.data for row in VectorRows(memory.internals.database).since(current))
    queries = encoder.encode(tasks)
    vectors = np.frombuffer(data, "<f2").reshape(-1, current.dimension).astype(np.float32)
    return Seeds(encoder.identity, vectors, queries[queries.any(axis=1)][:_QUERIES])


def vector_store(folder: Path, count: int, start: Seeds, report: Report) -> Path:
    """A store of ``count`` step vectors, forty to an episode, whose steps are but one each."""
    path = folder / f"{count}.hpm"
    random = np.random.default_rng(11)
    with open_memory(path, create=True, actor="bench") as memory:
        rows = VectorRows(memory.internals.database)
        writer = EpisodeWriter(memory.internals.database, memory.internals.steps)
        with memory.internals.database.writing():
            encoder = rows.register(VectorKind.STEP, start.identity)
            rows.use(encoder)
        positions = np.arange(_PER_EPISODE, dtype="<u4").tobytes()
        for first in range(0, count // _PER_EPISODE, _BATCH):
            report(f"a store of {count:,} vectors: {first * _PER_EPISODE:,}")
            with memory.internals.database.writing():
                memory.internals.steps.begin()
                for number in range(first, min(first + _BATCH, count // _PER_EPISODE)):
                    draft = EpisodeDraft("bench", str(number), [_STEP])
                    written = writer.write(draft, map(encode_step, draft.steps), Job())
                    data = _mixed(start.vectors, random).astype("<f2").tobytes()
                    rows.put(encoder, written.episode_id, 1, positions, data)
                memory.internals.steps.flush()
    return path


def _mixed(vectors: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """An episode's worth of vectors, each between two real ones and a little beside them."""
    first_rows, other_rows = vectors[random.integers(len(vectors), size=(2, _PER_EPISODE))]
    share = random.uniform(0.5, 1, (_PER_EPISODE, 1)).astype(np.float32)
    mixes = share * first_rows + (1 - share) * other_rows
    noise = random.standard_normal(mixes.shape, np.float32)
    noise *= _NOISE * np.linalg.norm(mixes, axis=1, keepdims=True) / np.sqrt(mixes.shape[1])
    mixes += noise
    unit: NDArray[np.float32] = mixes / np.linalg.norm(mixes, axis=1, keepdims=True)
    return unit
