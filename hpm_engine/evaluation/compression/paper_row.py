"""The paper's example on sessions of its size: 1,200 steps to 100 values, 4.2 MB to 350 KB."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.evaluation.result import Figure
from hpm_engine.memory import open_memory
from hpm_engine.values.compression import CompressedEpisode
from hpm_engine.values.episodes import EpisodeQuery

# The paper's example.
STEPS = 1_200
VALUES = 100
RAW = 4_200_000  # bytes
STORED = 350_000  # bytes
_SESSIONS = 3
_WORDS = 171  # of a step's result, so that a session has about the paper's bytes
_VOCABULARY = 100_000  # words: more than a twelfth could hold in any form
_SYLLABLES = 5  # of a word


def paper_row() -> dict[str, Figure]:
    """Generated sessions of 1,200 steps, compressed by the default and read back from disk.

    Made of invented words: they tell counts and bytes, nothing of what is worth keeping.
    """
    with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
        root = Path(folder)
        maker = TraceMaker(12, _VOCABULARY, _SYLLABLES)
        for session in range(_SESSIONS):
            lines = maker.session(session, STEPS - 1, _WORDS)
            (root / f"long-{session}.jsonl").write_bytes(b"".join(lines))
        with open_memory(root / "paper.hpm", create=True, actor="bench") as memory:
            memory.import_paths(sorted(root.glob("*.jsonl")))
            results = memory.episodes.find(EpisodeQuery())
            ids = results.window(0, len(results))
            memory.compression.compress(ids)
        with open_memory(root / "paper.hpm", read_only=True) as memory:
            kept = [memory.compression.read(key) for key in ids]
    return _figures(kept)


def _figures(kept: list[CompressedEpisode]) -> dict[str, Figure]:
    raw = statistics.fmean(episode.raw_size for episode in kept)
    stored = statistics.fmean(episode.stored_size for episode in kept)
    values = statistics.fmean(len(episode.valued) for episode in kept)
    return {
        "paper_steps": _row(statistics.fmean(episode.steps for episode in kept), "steps", STEPS),
        "paper_values": _row(values, "values", VALUES),
        "paper_raw": _row(raw, "bytes", RAW),
        "paper_stored": _row(stored, "bytes", STORED),
        "paper_ratio": _row(raw / stored, "times", RAW / STORED),
    }


def _row(value: float, unit: str, reference: float) -> Figure:
    return Figure(value, unit, reference=reference)
