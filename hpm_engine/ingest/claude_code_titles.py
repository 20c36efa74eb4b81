"""The name of a Claude Code session: the person's, else the agent's."""

from __future__ import annotations

from hpm_engine.ingest.claude_code_lines import Line


class SessionTitles:
    """Takes the lines that name a session, which are written again whenever it is opened."""

    def __init__(self) -> None:
        self._custom = self._agents = ""

    @property
    def title(self) -> str:
        """The last name given, the person's before the agent's."""
        return self._custom or self._agents

    def note(self, record: Line) -> None:
        """Take a line that may name the session; one that takes the name back leaves it empty."""
        if record.type == "custom-title" and record.custom_title is not None:
            self._custom = record.custom_title.strip()
        elif record.type == "ai-title" and record.ai_title and record.ai_title.strip():
            self._agents = record.ai_title.strip()
