"""The table of recorded recalls, and what its columns show of each."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QObject

from app.kit.formatting import (
    NOTHING,
    counted,
    duration,
    exact_time,
    local_time,
    number,
    stamped_time,
)
from app.kit.glyphs import USES
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from hpm_engine import Memory, PastRecall, Use


def _injected(recall: PastRecall) -> int:
    return sum(hit.injected for hit in recall.hits)


def _hits(recall: PastRecall) -> str:
    lines = [
        f"{'▣' if hit.injected else '·'} {rank}. {hit.name or f'episode {hit.episode_id}, gone'}"
        + (f" ({USES[hit.use].word})" if hit.injected else "")
        for rank, hit in enumerate(recall.hits[:12], start=1)
    ]
    lines += [f"▣ {note.name} ({USES[note.use].word})" for note in recall.notes[:12]]
    return "\n".join([counted(len(recall.hits), "hit"), *lines])


def _uses(recall: PastRecall) -> list[Use]:
    """What became of all that a session was given."""
    return [
        *(hit.use for hit in recall.hits if hit.injected),
        *(note.use for note in recall.notes),
    ]


def _used(recall: PastRecall) -> str:
    uses = _uses(recall)
    if not uses:
        return NOTHING
    known = [use for use in uses if use is not Use.UNKNOWN]
    if not known:
        return USES[Use.UNKNOWN].word
    used = sum(use is Use.USED for use in known)
    best = next(use for use in (Use.USED, Use.LOOKED_AT, Use.IGNORED, Use.UNCLEAR) if use in known)
    return f"{USES[best].shape} {number(used)} of {number(len(uses))}"


def _used_tip(recall: PastRecall) -> str:
    counts = Counter(_uses(recall))
    return "\n".join(f"{mark}: {number(counts[use])}" for use, mark in USES.items() if counts[use])


COLUMNS: tuple[Column[PastRecall], ...] = (
    Column(
        title="When",
        width=152,
        text=lambda recall: local_time(recall.at, seconds=True),
        tooltip=lambda recall: exact_time(recall.at),
        copied=lambda recall: stamped_time(recall.at, seconds=True),
        tip="When it was asked, in local time",
    ),
    Column(
        title="Who",
        width=84,
        text=lambda recall: recall.actor,
        tooltip=lambda recall: recall.actor,
        tip="The person or agent that asked",
    ),
    Column(
        title="Cue",
        width=240,
        text=lambda recall: recall.cue,
        tooltip=lambda recall: recall.cue,
        tip="What was asked",
        wide=True,
    ),
    Column(
        title="Hits",
        width=52,
        text=lambda recall: number(len(recall.hits)),
        tooltip=_hits,
        tip="How many episodes came back",
        right=True,
    ),
    Column(
        title="Given",
        width=78,
        text=lambda recall: f"▣ {number(count)}" if (count := _injected(recall)) else NOTHING,
        tooltip=_hits,
        tip="How many of them stood in a context block that went somewhere",
        right=True,
    ),
    Column(
        title="Given to",
        width=110,
        text=lambda recall: recall.into or "only shown",
        tooltip=lambda recall: recall.into,
        tip="The session or place that the context block was given to",
    ),
    Column(
        title="Used",
        width=104,
        text=_used,
        tooltip=_used_tip,
        tip="How many of the memories that it was given the session used, once that is known",
    ),
    Column(
        title="Tokens",
        width=66,
        text=lambda recall: number(recall.tokens),
        tip="The size of the context block, estimated upwards",
        right=True,
    ),
    Column(
        title="Took",
        width=66,
        text=lambda recall: duration(round(recall.ms * 1000)),
        tip="How long the recall took",
        right=True,
    ),
)


class PastRecallTable(PagedTable[PastRecall]):
    """The table of recorded recalls, newest first."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)

    def show_count(self, count: int) -> None:
        """Show all ``count`` recalls; rows that were recorded meanwhile move nothing."""

        def fetch(memory: Memory, start: int, stop: int) -> list[PastRecall]:
            newer = max(0, memory.recall.past_count() - count)
            return memory.recall.past(newer + start, stop - start)

        self.show_rows(count, fetch)
