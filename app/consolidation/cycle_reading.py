"""One cycle with what its numbers stand for: names of prototypes and of episodes."""

from __future__ import annotations

from collections import Counter

import msgspec

from hpm_engine import CycleReport, Job, Memory

MOST = 200  # rows of a list
_HISTORY = 200  # cycles among which replays are counted


class HeldRow(msgspec.Struct, frozen=True):
    """A prototype that new memories pulled at: the penalty that held it, and how far it went."""

    prototype_id: int
    name: str
    nats: float
    moved: float  # cosine distance


class ReplayedRow(msgspec.Struct, frozen=True):
    """A long-term memory that was learned again; ``seq`` is its first step, if it is still there.

    ``times`` counts the cycles, of those that are told of, that replayed it.
    """

    episode_id: int
    seq: int | None
    name: str  # what its session is called
    project: str
    number: int
    times: int


class NamedRow(msgspec.Struct, frozen=True):
    """A prototype and what became of it."""

    prototype_id: int
    name: str
    fate: str


class CycleReading(msgspec.Struct, frozen=True):
    """All that is shown of a cycle; lists hold at most ``MOST`` rows."""

    report: CycleReport
    held: tuple[HeldRow, ...]
    replayed: tuple[ReplayedRow, ...]
    fates: tuple[NamedRow, ...]  # born, merged, retired


def read_cycle(memory: Memory, job: Job, report: CycleReport) -> CycleReading:
    """Look up what a cycle's report names."""
    names = {prototype.id: prototype.told for prototype in memory.consolidation.prototypes()}

    def name(key: int) -> str:
        return names.get(key, "not there now")

    held = sorted(report.held_by.items(), key=lambda pair: -pair[1])
    rows = [HeldRow(key, name(key), nats, report.moved.get(key, 0.0)) for key, nats in held[:MOST]]
    fates = [NamedRow(key, name(key), "born") for key in report.born]
    fates += [
        NamedRow(gone, name(into), f"merged into {into}: “{name(into)}”")
        for gone, into in report.merged
    ]
    fates += [NamedRow(key, name(key), "retired") for key in report.retired]
    job.step(0)
    return CycleReading(
        report,
        tuple(rows),
        _replayed(memory, report),
        tuple(fates[:MOST]),
    )


def _replayed(memory: Memory, report: CycleReport) -> tuple[ReplayedRow, ...]:
    chosen = report.replayed[:MOST]
    times = Counter(
        key for cycle in memory.consolidation.cycles(0, _HISTORY) for key in cycle.replayed
    )
    ids = sorted({episode_id for episode_id, _ in chosen})
    episodes = {episode.id: episode for episode in memory.episodes.get(ids)}
    starts = {
        (member.episode_id, member.number): member.start
        for key in ids
        for member in memory.consolidation.of_episode(key)
    }
    return tuple(
        ReplayedRow(
            key[0],
            starts.get(key),
            episode.name if (episode := episodes.get(key[0])) else "not there now",
            episode.project if episode else "",
            key[1],
            max(1, times[key]),
        )
        for key in chosen
    )
