"""Compressing episodes as a job, what it would move, and restoring their full text."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.kit.engine_thread import Task
from app.kit.formatting import counted, number, size
from app.kit.session import Session
from hpm_engine import (
    Budget,
    BudgetKind,
    CompressionReport,
    EpisodeQuery,
    Job,
    Memory,
    RestoreReport,
)

_PAGE = 500


class Outlook(msgspec.Struct, frozen=True):
    """What a compression would move, in episodes, steps and bytes of text."""

    ids: tuple[int, ...]
    steps: int
    text_size: int
    pinned: int  # left out: a pin keeps an episode whole
    compressed: int  # that are compressed already, and would be so anew
    largest: tuple[tuple[str, int, int], ...]  # name, steps, bytes

    def at_most(self, budget: Budget) -> int | None:
        """The bytes that a budget allows in all; ``None`` where only compressing can tell."""
        return int(self.text_size / budget.ratio) if budget.kind is BudgetKind.STANDARD else None


def read_outlook(memory: Memory, job: Job, ids: Sequence[int]) -> Outlook:
    """Look at what would be compressed; of all episodes where ``ids`` is empty."""
    if not ids:
        episodes = memory.episodes.find(EpisodeQuery())
        ids = episodes.window(0, len(episodes))
    chosen: list[int] = []
    rows: list[tuple[str, int, int]] = []
    pinned = compressed = 0
    for start in range(0, len(ids), _PAGE):
        job.step(start, len(ids), "looking at episodes", "episodes")
        for episode in memory.episodes.get(ids[start : start + _PAGE]):
            if episode.pinned:
                pinned += 1
                continue
            chosen.append(episode.id)
            compressed += episode.kept_share is not None
            rows.append((episode.name, episode.steps, episode.text_size))
    rows.sort(key=lambda row: -row[2])
    return Outlook(
        tuple(chosen),
        sum(steps for _, steps, _ in rows),
        sum(text_size for _, _, text_size in rows),
        pinned,
        compressed,
        tuple(rows[:50]),
    )


def compress(session: Session, ids: Sequence[int], budget: Budget, scorer: str) -> Task:
    """Compress episodes as a job that can be cancelled between batches."""

    def call(memory: Memory, job: Job) -> CompressionReport:
        return memory.compression.compress(ids, budget, scorer, job)

    title = f"Compress {counted(len(ids), 'episode')}"
    piecewise = CompressionReport.CHANGES
    return session.write(call, title, sentence=_compressed, piecewise=piecewise)


def _compressed(title: str, report: CompressionReport, took: str) -> str:
    small = f", {number(report.too_small)} too small for it" if report.too_small else ""
    into = f"{size(report.raw_size)} of text in {size(report.stored_size)}"
    return f"{title}: {number(report.compressed)} compressed{small}; {into}, {took}."


def restore(session: Session, ids: Sequence[int]) -> Task:
    """Restore the full text of episodes."""

    def call(memory: Memory, _job: Job) -> RestoreReport:
        return memory.compression.restore(ids)

    return session.edit(call, f"Restore {counted(len(ids), 'episode')}", _restored)


def _restored(title: str, report: RestoreReport, took: str) -> str:
    return f"{title}: {number(report.episodes)} restored to full text, {took}."
