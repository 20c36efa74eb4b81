"""A store for the Masks view: many compressed episodes, some whole ones, and one that is long."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from hpm_engine.compressor.packing.container import MemoryContents, pack
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.evaluation.result import Report
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.episode_writer import EpisodeWriter
from hpm_engine.store.rows.compressed import CompressedRow, CompressedRows
from hpm_engine.store.search.episode_words import EpisodeWords, WordRows
from hpm_engine.store.settings import Settings
from hpm_engine.values.compression import Budget, KeptFor, KeptSpan, LedgerWord
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import EpisodeQuery, Part, PartKind, StepSource

COMPRESSED = 10_000  # episodes
WHOLE = 1_000  # episodes
LENGTH = 5_000  # steps of the long episode
LONG = "long"  # the key of the long episode
_RECIPE = 2  # raise it when the generated content changes
_BATCH = 500  # episodes in a transaction
_QUIET = {"compression.automatic": "off", "consolidation_schedule": "never"}


def masked_store(report: Report) -> Path:
    """The store, built once; its memories are written as compression writes them, but invented."""
    base = generated_store(COMPRESSED + WHOLE, report)
    path = base.with_name(f"masks-{COMPRESSED}-recipe{_RECIPE}.hpm")
    if path.exists():
        return path
    partial = path.with_suffix(".partial")
    for leftover in partial.parent.glob(partial.name + "*"):
        leftover.unlink()
    shutil.copy(base, partial)
    with open_memory(partial, actor="bench") as memory:
        results = memory.episodes.find(EpisodeQuery(descending=False))
        _read_words(memory, results.window(0, len(results)))
        ids = results.window(0, COMPRESSED)
        maker = _Memories()
        for start in range(0, len(ids), _BATCH):
            report(f"compressing {len(ids):,} episodes as if: {start:,}")
            _write(memory, ids[start : start + _BATCH], maker)
        report(f"an episode of {LENGTH:,} steps")
        _add_long(memory)
        with memory.internals.database.writing():
            for name, value in _QUIET.items():
                Settings(memory.internals.database, memory.internals.log).set(name, value)
    partial.rename(path)
    return path


class _Memories:
    """Compressed memories with texts of invented words."""

    def __init__(self) -> None:
        self._random = random.Random(11)
        maker = TraceMaker(11)
        self._lines = [maker.text(12) for _ in range(2_000)]

    def kept(self, length: int) -> MemoryContents:
        """A mask whose values lie close to each other, and every twelfth step's text."""
        draw = self._random
        mask = bytes(draw.randrange(100, 126) for _ in range(length))
        steps = sorted(draw.sample(range(length), max(1, length // 12)))
        spans = tuple(
            KeptSpan(seq, 0, PartKind.MESSAGE, 0, draw.choice(self._lines), KeptFor.MASK)
            for seq in steps
        )
        ledger = tuple(LedgerWord(f"word_{n}", 1, draw.randrange(length)) for n in range(8))
        points = tuple(sorted(draw.sample(range(length), min(length, 4))))
        return MemoryContents("generated", length, mask, points, 1.0, spans, ledger)


def _write(memory: Memory, ids: list[int], maker: _Memories) -> None:
    rows = CompressedRows(memory.internals.database, memory.internals.log)
    with memory.internals.database.writing():
        digests = rows.digests(ids)
        for episode in memory.internals.episodes.get(ids):
            kept = maker.kept(episode.steps)
            size = max(1, episode.text_size)
            data = pack(kept)
            digest = digests[episode.id]
            row = CompressedRow(episode.id, digest, Budget(), size, None, episode.id, None, data)
            rows.put(row, len(kept.spans) / episode.steps, kept.scorer)


def _read_words(memory: Memory, ids: list[int]) -> None:
    """Note that every episode was read for what its task needed: that is another job's time."""
    rows = CompressedRows(memory.internals.database, memory.internals.log)
    words = WordRows(memory.internals.database)
    with memory.internals.database.writing():
        for key, digest in rows.digests(ids).items():
            words.put(key, digest, EpisodeWords((), (), ()))


def _add_long(memory: Memory) -> None:
    """Add a session about ever new identifiers, which costs a budget most to work out."""
    draw = random.Random(12)
    syllables = ("ba", "cor", "den", "fil", "gra", "hex", "ima", "jun", "kel", "lor", "mit", "nor")

    def word() -> str:
        return "_".join("".join(draw.choices(syllables, k=3)) for _ in range(2))

    known = [word() for _ in range(3_000)]
    steps = [StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, "Carry it through."),), 1)]
    while len(steps) < LENGTH:
        lines = [f"{draw.choice(known)} = {draw.choice(known)}({word()}, 7)" for _ in range(6)]
        parts = (
            Part(PartKind.MESSAGE, f"Look at {draw.choice(known)} next."),
            Part(PartKind.CALL, f"grep -rn {draw.choice(known)} shop/", "bash", "c"),
            Part(PartKind.RESULT, "\n".join(lines), "", "c", draw.random() < 0.05),
        )
        steps.append(StepDraft(StepSource.AGENT, parts, len(steps)))
    draft = EpisodeDraft(
        "generated", LONG, steps, agent="codex", project="long", task="Carry it through"
    )
    with memory.internals.database.writing():
        memory.internals.steps.begin()
        writer = EpisodeWriter(memory.internals.database, memory.internals.steps)
        writer.write(draft, [encode_step(step) for step in steps], Job())
        memory.internals.steps.flush()
