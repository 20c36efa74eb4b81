"""How a store's episodes are held, in words: the same in the window and on the command line."""

from __future__ import annotations

from hpm_engine.values.episodes import Kept
from hpm_engine.values.reports import Stats

# What people read; ``Kept`` itself has the words of the query language and of JSON.
KEPT_WORDS = {
    Kept.WHOLE: "full",
    Kept.COMPRESSED: "compressed",
    Kept.EVICTED: "original deleted",
}


def kept_line(stats: Stats) -> str:
    """How many episodes are kept in which way; the numbers add up to all of them."""
    return ", ".join(f"{held.episodes:,} {KEPT_WORDS[kept]}" for kept, held in stats.kept.items())


def learned_line(stats: Stats) -> str:
    """How many episodes are learned, of how many."""
    noun = "episode" if stats.episodes == 1 else "episodes"
    return f"{stats.learned.episodes:,} of {stats.episodes:,} {noun}"
