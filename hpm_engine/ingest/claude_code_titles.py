"""The name of a Claude Code session: the person's, else the agent's."""

from __future__ import annotations

from collections.abc import Callable

from hpm_engine.ingest.claude_code_lines import Line


class SessionTitles:
    """Takes the lines that name a session, which are written again whenever it is opened."""

    def __init__(self, holds: Callable[[str], bool] | None = None) -> None:
        """``holds`` says whether a line's uuid is this session's: summaries stand in any file."""
        self._holds = holds
        self._custom = self._agents = self._summary = ""

    @property
    def title(self) -> str:
        """The last name given, the person's before the agent's, and that before a summary."""
        return self._custom or self._agents or self._summary

    def note(self, record: Line) -> None:
        """Take a line that may name the session; one that takes the name back leaves it empty."""
        if record.type == "custom-title" and record.custom_title is not None:
            self._custom = record.custom_title.strip()
        elif record.type == "ai-title" and record.ai_title and record.ai_title.strip():
            self._agents = record.ai_title.strip()
        elif record.type == "summary" and self._is_own(record.leaf_uuid):
            self._summary = (record.summary or "").strip() or self._summary

    def _is_own(self, uuid: str | None) -> bool:
        return bool(uuid) and self._holds is not None and self._holds(uuid or "")
