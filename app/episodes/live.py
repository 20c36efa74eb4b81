"""What tells where one reads in an episode, and of one that grows now, what its agent does."""

from __future__ import annotations

import time

from app.episodes.conversation.timeline_outline import TimelineOutline
from app.kit.formatting import counted, number
from hpm_engine import Episode, agent_waits, is_live

LIVE = "●"


def live_now(episode: Episode | None) -> bool:
    """Whether an episode grew in the last minutes."""
    return episode is not None and is_live(episode, time.time())


def live_words(outline: TimelineOutline, *, follows: bool) -> str:
    """What an agent does now, and whether new steps are gone to; empty where it has ended."""
    if not live_now(outline.episode) or not outline.steps:
        return ""
    words = f"{LIVE} agent {'waits' if agent_waits(outline.steps[-1]) else 'works'}"
    return f"{words}, followed (f)" if follows else words


def status_words(outline: TimelineOutline, seq: int) -> str:
    """The step that is read, and how many there are, with trouble and with hits."""
    facts = [f"Step {number(seq + 1)} of {number(len(outline.steps))}"]
    if troubles := outline.troubles.count(1):
        facts.append(f"✗ {number(troubles)} with trouble")
    if outline.hits:
        facts.append(f"◆ {counted(len(outline.hits), 'hit')} (n, N)")
    return "   ·   ".join(facts)
