"""The history of what was learned: a row for each run of cycles, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.consolidation.run_words import by_whom, forgotten, recall_check, state
from app.kit.formatting import (
    NOTHING,
    counted,
    duration,
    exact_time,
    local_time,
    number,
    stamped_time,
)
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from hpm_engine import Memory, RunReport

_RESEARCH = "For researchers"


def _cycles(run: RunReport) -> str:
    if run.first is None or run.last is None:
        return NOTHING
    if run.first == run.last:
        return number(run.first)
    return f"{number(run.first)} to {number(run.last)}"


COLUMNS: tuple[Column[RunReport], ...] = (
    Column(
        title="When",
        width=130,
        text=lambda run: local_time(run.at),
        tooltip=lambda run: exact_time(run.at),
        copied=lambda run: stamped_time(run.at),
        tip="When it was applied or blocked, in local time",
    ),
    Column(
        title="By",
        width=70,
        text=by_whom,
        tooltip=by_whom,
        tip="Who began it: you, a command, or the store by itself",
    ),
    Column(
        title="Learned",
        width=66,
        text=lambda run: number(run.memories) if run.memories else NOTHING,
        tip="How many memories it learned; each is five steps of an episode",
        right=True,
    ),
    Column(
        title="New topics",
        width=80,
        text=lambda run: number(len(run.born)) if run.born else NOTHING,
        tip="Topics that nothing known before told of",
        right=True,
    ),
    Column(
        title="Recall check",
        width=150,
        text=recall_check,
        tooltip=lambda run: (
            f"Of {counted(run.canaries, 'memory', 'memories')} that were asked for;"
            f" forgotten: {forgotten(run)}"
        ),
        tip="How much of what was known before is found again, before and after it",
        right=True,
    ),
    Column(
        title="State",
        width=90,
        text=lambda run: str(state(run)),
        tooltip=lambda run: run.refused or state(run).word,
        colour=lambda run: state(run).colour,
        tip="Whether it is applied, was undone, or was blocked since it would have forgotten",
        wide=True,
    ),
    Column(
        title="Refreshed",
        width=76,
        text=lambda run: number(len(run.refreshed)) if run.refreshed else NOTHING,
        tip="Topics that were known before and were changed by what was learned",
        right=True,
        shown=False,
    ),
    Column(
        title="Merged",
        width=64,
        text=lambda run: number(len(run.merged)) if run.merged else NOTHING,
        tip="Topics that said the same as another and went into it",
        right=True,
        shown=False,
    ),
    Column(
        title="Forgotten",
        width=150,
        text=forgotten,
        tip="What all of its cycles forgot together: the bound on a run is tested on this",
        right=True,
        shown=False,
    ),
    Column(
        title="Took",
        width=72,
        text=lambda run: duration(round(run.seconds * 1_000_000)),
        tip="The time of all of its cycles",
        right=True,
        shown=False,
    ),
    Column(
        title="Cycles",
        width=80,
        text=_cycles,
        tip="The numbers of its cycles; one that was blocked has none",
        right=True,
        shown=False,
        group=_RESEARCH,
    ),
)


class RunTable(PagedTable[RunReport]):
    """The table of runs."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)

    def show_runs(self, count: int) -> None:
        """Show the history, which has ``count`` rows now; those shown stay until it is read."""

        def fetch(memory: Memory, start: int, stop: int) -> Sequence[RunReport]:
            return memory.consolidation.runs.listed(start, stop - start)

        if count == self.rowCount():
            self.renew(fetch)
        else:
            self.show_rows(count, fetch)
