"""The titles of a Claude Code session: the person's and the agent's."""

from __future__ import annotations

from collections.abc import Callable

from hpm_engine.ingest.claude_code.lines import ClaudeLine
from hpm_engine.ingest.steps.first_lines import given_title


class SessionTitles:
    """The titles in a session's lines, which are written again whenever it is opened.

    A fork may begin with the titles of its origin: they count only while it has none of its own.
    """

    def __init__(self, session: str = "", holds: Callable[[str], bool] | None = None) -> None:
        """``session`` is its id, "" if not known.

        ``holds`` says whether a line's uuid is this session's: any file may have its summary.
        """
        self._session = session
        self._holds = holds
        self._own = _Names()
        self._copied = _Names()

    @property
    def given(self) -> tuple[str, str]:
        """The last title, and the agent's if the person's is another; "" for none."""
        names = self._own if self._own.title else self._copied
        return names.title, names.by_agent if names.by_agent != names.title else ""

    def note(self, record: ClaudeLine) -> None:
        """Take a line that may name the session; an empty name takes the person's back."""
        if record.session_id and self._session not in ("", record.session_id):
            return
        if record.type == "custom-title" and record.custom_title is not None:
            self._own.custom = given_title(record.custom_title)
        elif record.type == "ai-title":
            self._own.ai = given_title(record.ai_title or "") or self._own.ai
        elif record.type == "summary" and self._is_own(record.leaf_uuid):
            self._own.summary = given_title(record.summary or "") or self._own.summary

    def copied(self) -> None:
        """Note a line copied from another session: the titles before it are copied as well."""
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
        """The person's title; without one the agent's."""
        return self.custom or self.by_agent
