"""What a query gives, as ids."""

from __future__ import annotations

from hpm_engine.memory import Memory
from hpm_engine.values.episodes import EpisodeQuery


def ids_with(memory: Memory, text: str) -> list[int]:
    """The ids of the first nine episodes that a text of the query language finds."""
    return list(memory.episodes.find(EpisodeQuery(text=text)).window(0, 9))
