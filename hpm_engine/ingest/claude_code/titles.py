"""The names of a Claude Code session: the person's, and the agent's."""

from __future__ import annotations

from collections.abc import Callable

from hpm_engine.ingest.claude_code.lines import Line
from hpm_engine.ingest.steps.first_lines import given_title


class SessionTitles:
    """Takes the lines that name a session, which are written again whenever it is opened.

    A fork may begin with those of the session that it comes from: they name it only as long as
    it has no name of its own.
    """

    def __init__(self, session: str = "", holds: Callable[[str], bool] | None = None) -> None:
        """``session`` is its id, "" if not known.

        ``holds`` says whether a line's uuid is this session's: summaries stand in any file.
        """
        self._session = session
        self._holds = holds
        self._own = _Names()
        self._copied = _Names()

    @property
    def given(self) -> tuple[str, str]:
        """The last name given, and the agent's where the person's is another; "" for none."""
        names = self._own if self._own.title else self._copied
        return names.title, names.by_agent if names.by_agent != names.title else ""

    def note(self, record: Line) -> None:
        """Take a line that may name the session; one that takes the name back leaves it empty."""
        if record.session_id and self._session not in ("", record.session_id):
            return
        if record.type == "custom-title" and record.custom_title is not None:
            self._own.custom = given_title(record.custom_title)
        elif record.type == "ai-title":
            self._own.ai = given_title(record.ai_title or "") or self._own.ai
        elif record.type == "summary" and self._is_own(record.leaf_uuid):
            self._own.summary = given_title(record.summary or "") or self._own.summary

    def copied(self) -> None:
        """A line copied from another session was met: so were the names before it."""
        if self._own.title:
            self._copied, self._own = self._own, _Names()

    def _is_own(self, uuid: str | None) -> bool:
        return bool(uuid) and self._holds is not None and self._holds(uuid or "")


class _Names:
    def __init__(self) -> None:
        self.custom = self.ai = self.summary = ""

    @property
    def by_agent(self) -> str:
        return self.ai or self.summary

    @property
    def title(self) -> str:
        """The person's before the agent's."""
        return self.custom or self.by_agent
