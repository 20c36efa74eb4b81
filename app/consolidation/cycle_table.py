"""The cycles of a run as rows, and what the columns show of a cycle, for researchers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.kit.formatting import NOTHING, duration, exact_time, local_time, number, stamped_time
from app.kit.glyphs import Mark
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from app.kit.theme.colour import Colour
from hpm_engine import CycleReport, Memory, Retention, RunReport

APPLIED = Mark("✓", "applied", Colour.GOOD)
UNDONE = Mark("↶", "undone", Colour.MUTED)
BLOCKED = Mark("✗", "blocked: would forget", Colour.BAD)
PREVIEW = Mark("◌", "preview", Colour.ACCENT)


def state(report: CycleReport) -> Mark:
    """What became of a cycle."""
    if report.refused:
        return BLOCKED
    if report.id is None:
        return PREVIEW
    return APPLIED if report.undone_at is None else UNDONE


def percent(value: float) -> str:
    """A share with one decimal: the differences that matter are below one percent."""
    return f"{value * 100:.1f} %"


def signed(value: float) -> str:
    """A difference of shares in points, with its sign."""
    return f"{value * 100:+.1f}"


def found_again(report: CycleReport) -> float | None:
    """The share that the bound was tested on; for earlier versions the mean by project."""
    if report.found is not None or report.after is None:
        return report.found
    return report.after.acc


def found_in_words(report: CycleReport) -> str:
    """The share of canaries found before and after, and the change in points."""
    if report.found is None or report.found_before is None:
        return NOTHING
    change = signed(report.found - report.found_before)
    return f"{percent(report.found_before)} → {percent(report.found)}  ({change})"


def _share(value: float | None) -> str:
    return NOTHING if value is None else percent(value)


def _of(report: CycleReport, figure: str) -> str:
    kept = report.after
    return NOTHING if kept is None else percent(getattr(kept, figure))


def _measured(report: CycleReport) -> str:
    def line(name: str, kept: Retention | None) -> str:
        if kept is None:
            return f"{name}: nothing was known"
        measures = f"ACC {percent(kept.acc)}, just learned {percent(kept.just_learned)}"
        return f"{name}: {measures}, retention {percent(kept.ratio)}, BWT {signed(kept.bwt)}"

    return f"{line('before', report.before)}\n{line('after', report.after)}"


def _tally(title: str, count: str, meaning: str) -> Column[CycleReport]:
    return Column(
        title=title,
        width=72,
        text=lambda report: number(len(getattr(report, count))),
        tip=meaning,
        right=True,
    )


COLUMNS: tuple[Column[CycleReport], ...] = (
    Column(
        title="Cycle",
        width=50,
        text=lambda report: NOTHING if report.id is None else number(report.id),
        tip="Its number; one that was blocked has none",
        right=True,
    ),
    Column(
        title="State",
        width=80,
        text=lambda report: str(state(report)),
        tooltip=lambda report: report.refused or state(report).word,
        colour=lambda report: state(report).colour,
        tip="Whether it is applied, was undone, or was blocked",
    ),
    Column(
        title="When",
        width=125,
        text=lambda report: local_time(report.at),
        tooltip=lambda report: exact_time(report.at),
        copied=lambda report: stamped_time(report.at),
        tip="When it was checked and applied, or blocked, in local time",
    ),
    Column(
        title="Trigger",
        width=70,
        text=lambda report: report.trigger.value,
        tooltip=lambda report: report.actor,
        tip="What began it: a person, idleness, a time, or one that was missed",
    ),
    Column(
        title="Memories",
        width=80,
        text=lambda report: number(report.memories),
        tip="New memories that it learned; each is five steps of an episode",
        right=True,
    ),
    _tally("Replayed", "replayed", "Long-term memories that were learned again beside them"),
    _tally("Births", "born", "Prototypes born where memories were badly explained"),
    _tally("Merges", "merged", "Prototypes that said the same as another and went into it"),
    Column(
        title="Found again",
        width=92,
        text=lambda report: _share(found_again(report)),
        tooltip=found_in_words,
        tip="Of the canaries that were known before it, how many are found after it",
        right=True,
    ),
    Column(
        title="Retention",
        width=76,
        text=lambda report: _of(report, "ratio"),
        tooltip=_measured,
        tip="Found again now, divided by right after learning; never to be read alone",
        right=True,
    ),
    Column(
        title="BWT",
        width=52,
        text=lambda report: NOTHING if report.after is None else signed(report.after.bwt),
        tooltip=_measured,
        tip="Backward transfer, in points: negative where earlier projects lost",
        right=True,
    ),
    Column(
        title="Took",
        width=64,
        text=lambda report: duration(round(report.seconds * 1_000_000)),
        tip="From its first slice to its check",
        right=True,
    ),
    Column(
        title="Why blocked",
        width=90,
        text=lambda report: report.refused,
        tooltip=lambda report: report.refused,
        tip="Why nothing was written",
        wide=True,
    ),
)


class CycleTable(PagedTable[CycleReport]):
    """The table of a run's cycles, newest first."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)

    def show_run(self, run: RunReport) -> None:
        """Show the cycles of a run, or the one that was refused."""

        def fetch(memory: Memory, start: int, stop: int) -> Sequence[CycleReport]:
            return memory.consolidation.runs.cycles(run)[::-1][start:stop]

        self.show_rows(max(1, run.cycles), fetch)
