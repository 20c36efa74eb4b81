"""What tells an episode that grows now: a dot, whether its agent works, and following it."""

from __future__ import annotations

import time

from app.episodes.conversation.timeline_outline import TimelineOutline
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
