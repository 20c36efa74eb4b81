"""The memories of a prototype as rows, each with its episode."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QObject

from app.kit.formatting import NOTHING, exact_time, local_day, number, stamped_time
from app.kit.session import Session
from app.kit.table.called import CALLED, called
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from hpm_engine import Episode, Member, Memory


class MemberRow(msgspec.Struct, frozen=True):
    """A memory and its episode."""

    member: Member
    episode: Episode


COLUMNS: tuple[Column[MemberRow], ...] = (
    Column(
        title="What was asked",
        width=200,
        text=lambda row: row.episode.name,
        tooltip=lambda row: called(row.episode),
        tip=CALLED,
        wide=True,
    ),
    Column(
        title="Steps",
        width=66,
        text=lambda row: f"{number(row.member.start + 1)}–{number(row.member.stop)}",  # noqa: RUF001
        tip="The steps of the episode that the memory is of",
        right=True,
    ),
    Column(
        title="Project",
        width=80,
        text=lambda row: row.episode.project or NOTHING,
        tip="The folder or data set that the agent worked in",
        shown=False,
    ),
    Column(
        title="When",
        width=84,
        text=lambda row: local_day(row.episode.started_at),
        tooltip=lambda row: exact_time(row.episode.started_at),
        copied=lambda row: stamped_time(row.episode.started_at),
        tip="When the episode began, in local time",
    ),
    Column(
        title="Share",
        width=52,
        text=lambda row: f"{row.member.weight:.2f}",
        tip="How much of the memory the topic stands for",
        right=True,
        shown=False,
        group="Details",
    ),
    Column(
        title="Cycle",
        width=50,
        text=lambda row: number(row.member.cycle_id),
        tip="The cycle that learned it",
        right=True,
        shown=False,
        group="Details",
    ),
)


class MemberTable(PagedTable[MemberRow]):
    """The memories of a prototype, heaviest first; the first ones are its exemplars."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)

    def show_members(self, members: Sequence[Member]) -> None:
        """Show these memories; their episodes come in pages."""
        held = tuple(members)

        def fetch(memory: Memory, start: int, stop: int) -> Sequence[MemberRow | None]:
            chosen = held[start:stop]
            ids = list({member.episode_id for member in chosen})
            episodes = {episode.id: episode for episode in memory.episodes.get(ids)}
            return [
                MemberRow(member, episodes[member.episode_id])
                if member.episode_id in episodes
                else None
                for member in chosen
            ]

        self.show_rows(len(held), fetch)
