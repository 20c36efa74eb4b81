"""What an episode is called where it is read: never by an id or by words that were taken out."""

from __future__ import annotations

import re

from hpm_engine import Episode

_SILENT = re.compile(r"\[REDACTED|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)


def episode_title(episode: Episode) -> str:
    """Its name; the first words of the person where that says nothing to people."""
    if not _SILENT.match(episode.name):
        return episode.name
    for other in (episode.task, episode.agent_title):
        if other and not _SILENT.match(other):
            return other
    return f"Session without a title ({episode.agent})"
