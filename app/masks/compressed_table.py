"""The compressed episodes of a store: what the columns show, and which is in which row."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

import msgspec
from PySide6.QtCore import QObject

from app.kit.formatting import NOTHING, exact_time, local_time, number, size, stamped_time
from app.kit.glyphs import KEPT, LEARNED, kept_text, learned_text
from app.kit.session import Session
from app.kit.table.called import CALLED, called
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from app.kit.theme.colour import Colour
from hpm_engine import CompressedBrief, CompressedList, Episode, Memory

_ID = Struct("=q")
_RESEARCH = "For researchers"


class CompressedRow(msgspec.Struct, frozen=True):
    """An episode and its compressed memory in brief."""

    episode: Episode
    brief: CompressedBrief

    @property
    def ratio(self) -> float:
        """Bytes of the texts over stored bytes."""
        return self.brief.raw_size / max(1, self.brief.stored_size)


COLUMNS: tuple[Column[CompressedRow], ...] = (
    Column(
        title="Kept",
        width=146,
        text=lambda row: kept_text(row.episode) if row.brief.kept_steps else "⚠ none of its text",
        colour=lambda row: KEPT[row.episode.kept].colour if row.brief.kept_steps else Colour.WARN,
        tooltip=lambda row: (
            f"{number(row.brief.kept_steps)} of {number(row.brief.steps)} steps keep text"
        ),
        tip="Whether the full text is kept beside it or was deleted, and the share of the steps of"
        " which some text is kept",
    ),
    Column(
        title="Learned",
        width=72,
        text=lambda row: learned_text(row.episode),
        colour=lambda row: LEARNED[row.episode.learned].colour,
        tip="Whether it is learned: every memory of it is part of a topic",
    ),
    Column(
        title="Ratio",
        shown=False,
        group=_RESEARCH,
        width=58,
        text=lambda row: f"{row.ratio:.1f}x",
        tip="Bytes of the texts over stored bytes, everything that is stored counted",
        right=True,
    ),
    Column(
        title="Title",
        width=220,
        text=lambda row: row.episode.name,
        tooltip=lambda row: called(row.episode),
        tip=CALLED,
        wide=True,
    ),
    Column(
        title="Decisions",
        shown=False,
        group=_RESEARCH,
        width=78,
        text=lambda row: (
            f"{number(row.brief.decision_points_kept)} of {number(row.brief.decision_points)}"
        ),
        tip="Decision points whose step keeps some text",
        right=True,
    ),
    Column(
        title="Project",
        width=110,
        text=lambda row: row.episode.project or NOTHING,
        tip="The folder or data set that the agent worked in",
    ),
    Column(
        title="Steps",
        width=56,
        text=lambda row: number(row.brief.steps),
        tip="All steps of the episode",
        right=True,
    ),
    Column(
        title="Size",
        width=132,
        text=lambda row: f"{size(row.brief.stored_size)} of {size(row.brief.raw_size)}",
        tooltip=lambda row: f"{number(row.brief.stored_size)} of {number(row.brief.raw_size)} B",
        tip="The bytes of the compressed memory",
        right=True,
    ),
    Column(
        title="Scorer",
        shown=False,
        group=_RESEARCH,
        width=120,
        text=lambda row: row.brief.scorer,
        tip="Who valued its steps",
    ),
    Column(
        title="Made",
        width=125,
        text=lambda row: local_time(row.brief.made_at),
        tooltip=lambda row: exact_time(row.brief.made_at),
        copied=lambda row: stamped_time(row.brief.made_at),
        tip="When it was compressed, in local time",
    ),
)


class CompressedTable(PagedTable[CompressedRow]):
    """Rows in the order of a list; the memories behind them come in pages."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self._ids = b""

    def show_list(self, compressed: CompressedList) -> None:
        """Show another list, or the same one read anew."""
        if compressed.ids == self._ids and len(compressed) == self.rowCount():
            self.renew(self._rows_between)
        else:
            self._ids = compressed.ids
            self.show_rows(len(compressed), self._rows_between)

    def id_at(self, row: int) -> int | None:
        """The episode in a row, fetched or not."""
        return _ID.unpack_from(self._ids, row * 8)[0] if 0 <= row < self.rowCount() else None

    def row_of(self, episode_id: int) -> int | None:
        """The row of an episode, if it is compressed."""
        wanted, start = _ID.pack(episode_id), 0
        while (offset := self._ids.find(wanted, start)) >= 0:
            if offset % 8 == 0:
                return offset // 8
            start = offset + 1
        return None

    def _rows_between(
        self, memory: Memory, start: int, stop: int
    ) -> Sequence[CompressedRow | None]:
        ids = memoryview(self._ids).cast("q")[start:stop].tolist()
        briefs = {brief.episode_id: brief for brief in memory.compression.briefs(ids)}
        episodes = {episode.id: episode for episode in memory.episodes.get(list(briefs))}
        return [
            CompressedRow(episodes[key], briefs[key]) if key in episodes else None for key in ids
        ]
