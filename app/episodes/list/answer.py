"""What a search for episodes gives: the list, and where its days begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from hpm_engine import (
    BadQuery,
    DayGroup,
    EpisodeList,
    EpisodeQuery,
    Job,
    Memory,
    SortColumn,
    as_text,
)


class Answer(NamedTuple):
    """The episodes that a query found, with the days above them where it is sorted by time."""

    episodes: EpisodeList
    days: Sequence[DayGroup]


def find(query: EpisodeQuery, memory: Memory, job: Job) -> Answer:
    """Search, on the engine's thread."""
    episodes = memory.episodes.find(query, job)
    by_time = query.sort is SortColumn.STARTED
    return Answer(episodes, memory.episodes.day_groups(episodes) if by_time else ())


def in_words(query: EpisodeQuery) -> EpisodeQuery:
    """The query with its filters as a part of its text, where the search box shows them."""
    plain = EpisodeQuery(query.text, sort=query.sort, descending=query.descending)
    if query == plain:
        return query
    try:
        return msgspec.structs.replace(plain, text=as_text(query))
    except BadQuery:
        return query
