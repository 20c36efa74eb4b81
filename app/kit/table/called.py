"""What a session is called, for columns and their tool tips."""

from __future__ import annotations

from hpm_engine import Episode

CALLED = "What the session is called: the title that it was given, else what the agent was asked"
_LONGEST = 450  # characters of each in a tool tip


def called(episode: Episode) -> str:
    """A session's name with what else it could go by: the agent's title, the first prompt."""
    lines = [episode.name[:_LONGEST]]
    if episode.agent_title:
        lines.append(f"The agent's title: {episode.agent_title[:_LONGEST]}")
    if episode.title and episode.task not in ("", episode.title):
        lines.append(f"Task: {episode.task[:_LONGEST]}")
    return "\n".join(lines)
