"""Sessions that go on at this moment: which do, and whether the agent works or waits."""

from __future__ import annotations

from hpm_engine.values.episodes import Episode, StepOutline, StepSource

LIVE_SECONDS = 300  # since its last step, an episode counts as live


def is_live(episode: Episode, now: float) -> bool:
    """Whether the last step is of the last minutes; ``now`` in seconds since 1970.

    False where steps have no times: nobody can say then.
    """
    return episode.ended_at is not None and -60 <= now - episode.ended_at / 1e6 <= LIVE_SECONDS


def agent_waits(last: StepOutline) -> bool:
    """Whether an agent has the last word, with nothing called: it waits for a person."""
    return last.source is StepSource.AGENT and bool(last.messages) and not last.tool
