"""What a search for episodes gives: the list, and where its days begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hpm_engine import DayGroup, EpisodeList, EpisodeQuery, Job, Memory, SortColumn


class Answer(NamedTuple):
    """The episodes that a query found, with the days above them where it is sorted by time."""

    episodes: EpisodeList
    days: Sequence[DayGroup]


def find(query: EpisodeQuery, memory: Memory, job: Job) -> Answer:
    """Search, on the engine's thread."""
    episodes = memory.episodes.find(query, job)
    by_time = query.sort is SortColumn.STARTED
    return Answer(episodes, memory.episodes.day_groups(episodes) if by_time else ())
