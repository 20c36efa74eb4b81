"""Sessions that go on at this moment: which do, and whether the agent works or waits."""

from __future__ import annotations

from hpm_engine.values.episodes import Episode, StepOutline, StepSource

LIVE_SECONDS = 300  # since its last sign of life, an episode counts as live


def is_live(episode: Episode, now: float) -> bool:
    """Whether the last step is of the last minutes; ``now`` in seconds since 1970.

    Where steps have no times, the sign of life is that its file changed since it was imported.
    """
    last = episode.grew_at if episode.ended_at is None else episode.ended_at
    return last is not None and -60 <= now - last / 1e6 <= LIVE_SECONDS


def agent_waits(last: StepOutline) -> bool:
    """Whether an agent has the last word, with nothing called: it waits for a person."""
    return last.source is StepSource.AGENT and bool(last.messages) and not last.tool
