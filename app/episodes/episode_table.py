"""The episode table: what its columns show, and which episode is in which row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from struct import Struct

from PySide6.QtCore import QObject

from app.kit.formatting import (
    NOTHING,
    counted,
    duration,
    exact_time,
    local_time,
    number,
    share,
    size,
    stamped_time,
)
from app.kit.glyphs import KEPT, LEARNED, OUTCOMES, kept_text, learned_text
from app.kit.session import Session
from app.kit.table.called import CALLED, called
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from app.kit.theme.colour import Colour
from hpm_engine import Episode, EpisodeList, Kept, Memory, SortColumn, field_term

_ID = Struct("=q")


def _when(episode: Episode) -> str:
    lines = [f"Started {exact_time(episode.started_at)}"]
    if episode.started_at is not None and episode.ended_at is not None:
        lines.append(f"Took {duration(max(0, episode.ended_at - episode.started_at))}")
    return "\n".join(lines)


def _title(episode: Episode) -> str:
    return f"{_marks(episode)}{episode.name}"


def _marks(episode: Episode) -> str:
    pin = "⚑ " if episode.pinned else ""
    return pin + "".join(f"[{tag}] " for tag in episode.tags)


def _steps(episode: Episode) -> str:
    return "\n".join(
        (
            counted(episode.steps, "step"),
            f"{number(episode.agent_steps)} by the agent",
            counted(episode.calls, "tool call"),
            f"{counted(episode.tokens_in, 'token')} in, {number(episode.tokens_out)} out",
        )
    )


def _term(field: str, value: str) -> str:
    return field_term(field, value) if value else ""


_KEPT = {
    Kept.WHOLE: "All of its text is kept",
    Kept.COMPRESSED: "Compressed; its whole text is kept beside that",
    Kept.EVICTED: "Only what compression kept is left of its text",
}


def _kept_in_words(episode: Episode) -> str:
    if episode.kept_share is None:
        return _KEPT[episode.kept]
    return f"{_KEPT[episode.kept]}\n{share(episode.kept_share)} of its steps keep some text"


COLUMNS: tuple[Column[Episode], ...] = (
    Column(
        title="When",
        width=128,
        text=lambda episode: local_time(episode.started_at),
        copied=lambda episode: stamped_time(episode.started_at),
        tooltip=_when,
        tip="When the episode began, in local time",
        sort=SortColumn.STARTED,
        largest_first=True,
    ),
    Column(
        title="Project",
        width=106,
        text=lambda episode: episode.project or NOTHING,
        tooltip=lambda episode: episode.project,
        tip="The folder or data set that the agent worked in",
        term=lambda episode: _term("project", episode.project),
        sort=SortColumn.PROJECT,
    ),
    Column(
        title="Title",
        width=250,
        text=_title,
        tooltip=lambda episode: f"{_marks(episode)}{called(episode)}",
        wide=True,
        tip=f"{CALLED}. ⚑ marks pinned episodes, [tags] come first",
        sort=SortColumn.TITLE,
    ),
    Column(
        title="Kept",
        width=146,
        text=kept_text,
        tooltip=_kept_in_words,
        colour=lambda episode: KEPT[episode.kept].colour,
        term=lambda episode: _term("kept", episode.kept),
        tip="How much of its text is kept: whole, compressed (the share of steps that keep some),"
        " or evicted",
        sort=SortColumn.KEPT,
    ),
    Column(
        title="Learned",
        width=72,
        text=learned_text,
        colour=lambda episode: LEARNED[episode.learned].colour,
        term=lambda episode: _term("learned", "yes" if episode.learned else "no"),
        tip="Whether consolidation has learned it: prototypes hold every memory of it",
        sort=SortColumn.LEARNED,
        largest_first=True,
    ),
    Column(
        title="Agent",
        width=98,
        text=lambda episode: episode.agent or NOTHING,
        tooltip=lambda episode: f"{episode.agent}\n{episode.model}\nFormat {episode.format}",
        term=lambda episode: _term("agent", episode.agent),
        tip="The program that ran the session; its model is on the tooltip",
        sort=SortColumn.AGENT,
    ),
    Column(
        title="Steps",
        width=64,
        text=lambda episode: number(episode.steps),
        tooltip=_steps,
        tip="All steps of the episode",
        right=True,
        sort=SortColumn.STEPS,
    ),
    Column(
        title="Errors",
        width=66,
        text=lambda episode: f"✗ {number(episode.errors)}" if episode.errors else NOTHING,
        tooltip=lambda episode: counted(episode.errors, "failed tool call"),
        colour=lambda episode: Colour.BAD if episode.errors else Colour.MUTED,
        tip="Steps in which a tool call failed",
        term=lambda episode: _term("errors", ">0" if episode.errors else "0"),
        right=True,
        sort=SortColumn.ERRORS,
    ),
    Column(
        title="Outcome",
        width=104,
        text=lambda episode: str(OUTCOMES[episode.outcome]),
        colour=lambda episode: OUTCOMES[episode.outcome].colour,
        term=lambda episode: _term("outcome", episode.outcome),
        tip="Whether the task succeeded, as a label beside the trace says; never guessed",
        sort=SortColumn.OUTCOME,
    ),
    Column(
        title="Size",
        width=76,
        text=lambda episode: size(episode.text_size),
        tooltip=lambda episode: f"{number(episode.text_size)} bytes of text",
        tip="The text of all its steps",
        right=True,
        sort=SortColumn.SIZE,
    ),
    Column(
        title="Last recalled",
        width=125,
        text=lambda episode: (
            local_time(episode.last_recalled_at) if episode.last_recalled_at else "never"
        ),
        tooltip=lambda episode: (
            exact_time(episode.last_recalled_at) if episode.last_recalled_at else ""
        ),
        copied=lambda episode: (
            stamped_time(episode.last_recalled_at) if episode.last_recalled_at else "never"
        ),
        tip="When the episode was last given to an agent that asked",
        sort=SortColumn.RECALLED,
        largest_first=True,
    ),
)


class EpisodeTable(PagedTable[Episode]):
    """The table of the ids that a query found; the episodes of its rows come in pages."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self._list = EpisodeList(b"")

    def show_list(self, episode_list: EpisodeList) -> bool:
        """Show what a query found; False if these rows were there already, in this order."""
        if episode_list.ids == self._list.ids and len(episode_list) == self.rowCount():
            self._list = episode_list
            self.renew(self._episodes)
            return False
        self._list = episode_list
        self.show_rows(len(episode_list), self._episodes)
        return True

    def id_at(self, row: int) -> int | None:
        """The id of the episode in a row, fetched or not."""
        ids = self._list.window(row, row + 1) if row >= 0 else []
        return ids[0] if ids else None

    def ids_between(self, first: int, last: int) -> list[int]:
        """The ids of the rows ``first`` to ``last``, both included."""
        return self._list.window(first, last + 1)

    def row_of(self, episode_id: int) -> int | None:
        """The row of an episode, if the query found it."""
        wanted, start = _ID.pack(episode_id), 0
        while (offset := self._list.ids.find(wanted, start)) >= 0:
            if offset % 8 == 0:
                return offset // 8
            start = offset + 1
        return None

    def rows_of(self, episode_ids: Collection[int]) -> list[int]:
        """The rows of several episodes, in order, with one look at the whole list."""
        wanted = set(episode_ids)
        if not wanted:
            return []
        ids = memoryview(self._list.ids).cast("q")
        return [row for row, episode_id in enumerate(ids) if episode_id in wanted]

    def _episodes(self, memory: Memory, start: int, stop: int) -> Sequence[Episode | None]:
        ids = self._list.window(start, stop)
        episodes = {episode.id: episode for episode in memory.episodes.get(ids)}
        return [episodes.get(episode_id) for episode_id in ids]
