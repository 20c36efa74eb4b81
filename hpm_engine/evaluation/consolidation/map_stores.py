"""Stores whose prototypes are to be mapped: of real traces, or of vectors in any number."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from hpm_engine.config import CONCENTRATION, MEMORY_STEPS
from hpm_engine.consolidator.base import packed
from hpm_engine.consolidator.memories import Memories
from hpm_engine.consolidator.mixture import responsibilities
from hpm_engine.consolidator.windows import centred
from hpm_engine.evaluation.recall.vector_store import seeds, vector_store
from hpm_engine.evaluation.result import Report
from hpm_engine.memory import open_memory
from hpm_engine.recall.prototype_labels import LabelWords
from hpm_engine.store.learned.prototypes import PrototypeChange, PrototypeRow, PrototypeRows, Space
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.consolidation import Member
from hpm_engine.values.vectors import VectorKind

TRACES = "mini-swe-agent-gemini3pro/trajs.tar.xz"
_BLOCK = 5_000  # memories read at a time


def traced_store(folder: Path, data: Path | None, memories: int, report: Report) -> Path:
    """An encoded store with at least so many memories: of real traces where there are some."""
    if data is None or not (data / TRACES).exists():
        start = seeds(folder, data, report)
        return vector_store(folder, memories * MEMORY_STEPS.value, start, report)
    path = folder / "traced.hpm"
    report("importing and encoding")
    with open_memory(path, create=True, actor="bench") as memory:
        memory.import_paths([data / TRACES])
        memory.encode()
    return path


def crowded_store(
    folder: Path, data: Path | None, memories: int, prototypes: int, report: Report
) -> Path:
    """A store of very many memories, each held by the nearest of prototypes that are memories.

    To learn so many takes cycles of minutes; for a map it is the number that matters.
    """
    path = vector_store(folder, memories * MEMORY_STEPS.value, seeds(folder, data, report), report)
    report(f"{prototypes} prototypes for {memories:,} memories")
    with open_memory(path, actor="bench") as memory:
        encoder = VectorRows(memory.internals.database).current(VectorKind.STEP)
        assert encoder is not None
        reader = Memories(memory.internals.database, memory.internals.log, encoder)
        with memory.internals.database.reading():
            keys = reader.waiting([])
            chosen = np.random.default_rng(3).permutation(len(keys))
            _, some = reader.read([keys[index] for index in chosen[:prototypes]])
        origin = some.mean(axis=0)
        means = centred(some, origin)
        members: list[Member] = []
        counts = np.zeros(len(means))
        for start in range(0, len(keys), _BLOCK):
            with memory.internals.database.reading():
                windows, rows = reader.read(keys[start : start + _BLOCK])
            shares = responsibilities(centred(rows, origin), means, CONCENTRATION.value)
            nearest = shares.argmax(axis=1)
            counts += np.bincount(nearest, minlength=len(means))
            members += [
                Member(int(owner) + 1, *window, 1.0, 1)
                for owner, window in zip(nearest.tolist(), windows, strict=True)
            ]
        words = [
            msgspec.json.encode(LabelWords({f"topic_{number}": 1})).decode()
            for number in range(len(means))
        ]
        prototype_rows = [
            PrototypeRow(
                number, 1, 1, float(count), float(count), packed(mean), packed(mean**2), label
            )
            for number, (mean, count, label) in enumerate(zip(means, counts, words, strict=True), 1)
        ]
        with memory.internals.database.writing():
            space = Space(encoder.sha256, packed(origin))
            PrototypeRows(memory.internals.database).apply(
                PrototypeChange(prototype_rows, [], members, [], space)
            )
    return path
