"""A run of cycles with the names of its topics, and whether it can be undone now."""

from __future__ import annotations

import msgspec

from hpm_engine import Job, Memory, RunReport

MOST = 12  # topics that are named; the rest is a number


class Topic(msgspec.Struct, frozen=True):
    """A prototype by the name that people see."""

    id: int
    name: str


class RunReading(msgspec.Struct, frozen=True):
    """All that the card of a run says.

    ``born`` and ``refreshed`` hold at most ``MOST`` topics that are there now. ``hindrance`` says
    why the run cannot be undone; "" where it can.
    """

    run: RunReport
    born: tuple[Topic, ...]
    refreshed: tuple[Topic, ...]
    hindrance: str


def read_run(memory: Memory, job: Job, run: RunReport) -> RunReading:
    """Look up what a run's report names."""
    names = {prototype.id: prototype.told for prototype in memory.consolidation.prototypes()}
    job.step(0)

    def topics(keys: tuple[int, ...]) -> tuple[Topic, ...]:
        return tuple(Topic(key, names[key]) for key in keys if key in names)[:MOST]

    return RunReading(run, topics(run.born), topics(run.refreshed), _hindrance(memory, run))


def _hindrance(memory: Memory, run: RunReport) -> str:
    if not run.cycles:
        return "Nothing was changed."
    if run.undone_at is not None:
        return "It was undone."
    undoable = memory.consolidation.undoable()
    if not undoable or all(other.first != run.first for other in undoable):
        return "It is too long past: only the last runs can be undone."
    if undoable[0].first != run.first:
        return "Others came after it: Undo… takes them back with it."
    return ""
