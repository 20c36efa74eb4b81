"""Cycles that followed upon each other, as the one run that is undone together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from hpm_engine.config import MAP_UNCHANGED
from hpm_engine.values.consolidation import CycleReport, Trigger
from hpm_engine.values.reports import Changed


class RunReport(msgspec.Struct, frozen=True):
    """A run of cycles as a whole: one cycle, or all that followed upon each other.

    ``found_before`` is what the canaries found before its first cycle, ``found`` what those of its
    last one find after it; ``forgotten`` sums by how much each cycle's own canaries fell (negative:
    they rose), which is what the bound on a run is tested on. ``refused`` is why its last cycle
    was not published; ``stopped`` says that a person ended it before nothing waited any more.
    """

    CHANGES: ClassVar[Changed] = CycleReport.CHANGES
    first: int | None  # of its cycles; None where none was published
    last: int | None
    began: int
    at: int
    actor: str
    trigger: Trigger
    cycles: int
    memories: int
    born: tuple[int, ...]  # and not merged or retired by a later cycle of it
    refreshed: tuple[int, ...]  # known before it, and moved: the farthest first
    merged: tuple[tuple[int, int], ...]
    retired: tuple[int, ...]
    found_before: float | None
    found: float | None
    canaries: int
    forgotten: float
    seconds: float
    left: int
    refused: str = ""
    asks: bool = False
    stopped: bool = False
    undone_at: int | None = None

    @property
    def changed(self) -> Changed:
        """What it changed in the store."""
        if self.cycles:
            return self.CHANGES
        return Changed.PROTOTYPES | Changed.AUDIT if self.refused else Changed.NOTHING


def run_of(reports: Sequence[CycleReport], actor: str = "") -> RunReport:
    """Cycles that followed upon each other, as one; the last may have been refused."""
    published = [report for report in reports if report.id is not None]
    previewed = [report for report in reports if report.id is None and not report.refused]
    counting = published or previewed
    last = reports[-1] if reports else None
    measured = [report for report in counting or reports if report.found is not None]
    gone = {gone for report in counting for gone, _ in report.merged}
    gone |= {key for report in counting for key in report.retired}
    born = tuple(dict.fromkeys(key for report in counting for key in report.born))
    return RunReport(
        first=published[0].id if published else None,
        last=published[-1].id if published else None,
        began=reports[0].at if reports else 0,
        at=last.at if last else 0,
        actor=last.actor if last else actor,
        trigger=last.trigger if last else Trigger.PERSON,
        cycles=len(published),
        memories=sum(report.memories for report in counting),
        born=tuple(key for key in born if key not in gone),
        refreshed=_refreshed(counting, gone, set(born)),
        merged=tuple(pair for report in counting for pair in report.merged),
        retired=tuple(key for report in counting for key in report.retired),
        found_before=measured[0].found_before if measured else None,
        found=measured[-1].found if measured else None,
        canaries=measured[-1].canaries if measured else 0,
        forgotten=sum((report.found_before or 0.0) - (report.found or 0.0) for report in measured),
        seconds=sum(report.seconds for report in reports),
        left=last.left + (last.memories if last.refused else 0) if last else 0,
        refused=last.refused if last else "",
        asks=last.asks if last else False,
        undone_at=last.undone_at if last else None,
    )


def _refreshed(reports: Sequence[CycleReport], gone: set[int], born: set[int]) -> tuple[int, ...]:
    """The prototypes that were there before and went farther than can be overlooked."""
    moved: dict[int, float] = {}
    for report in reports:
        for key, distance in report.moved.items():
            moved[key] = max(distance, moved.get(key, 0.0))
    farthest = sorted(moved, key=lambda key: -moved[key])
    new = gone | born
    return tuple(key for key in farthest if moved[key] > MAP_UNCHANGED.value and key not in new)
