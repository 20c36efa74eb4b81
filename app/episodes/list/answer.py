"""What a search for episodes gives: the list, its first rows, and where its days begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from app.kit.table.paged_table import PAGE
from hpm_engine import (
    BadQuery,
    DayGroup,
    Episode,
    EpisodeList,
    EpisodeQuery,
    Job,
    Memory,
    SortColumn,
    as_text,
)


class Answer(NamedTuple):
    """The episodes that a query found, with the days above them where it is sorted by time.

    Its first page comes with it where that is in sight: rows then wait for nothing else.
    """

    episodes: EpisodeList
    days: Sequence[DayGroup]
    first: Sequence[Episode | None]


def find(query: EpisodeQuery, at_top: bool, memory: Memory, job: Job) -> Answer:
    """Search, on the engine's thread; ``at_top`` says that the first rows are in sight."""
    episodes = memory.episodes.find(query, job)
    by_time = query.sort is SortColumn.STARTED
    days = memory.episodes.day_groups(episodes) if by_time else ()
    return Answer(episodes, days, rows_between(memory, episodes, 0, PAGE) if at_top else ())


def rows_between(
    memory: Memory, episodes: EpisodeList, start: int, stop: int
) -> Sequence[Episode | None]:
    """The episodes at some positions of a list; one that is gone is None."""
    ids = episodes.window(start, stop)
    rows = {episode.id: episode for episode in memory.episodes.get(ids)} if ids else {}
    return [rows.get(episode_id) for episode_id in ids]


def in_words(query: EpisodeQuery) -> EpisodeQuery:
    """The query with its filters as a part of its text, where the search box shows them."""
    plain = EpisodeQuery(query.text, sort=query.sort, descending=query.descending)
    if query == plain:
        return query
    try:
        return msgspec.structs.replace(plain, text=as_text(query))
    except BadQuery:
        return query
