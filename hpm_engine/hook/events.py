"""The events of agents: what they say of a session, and how an answer to them is written."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

_LONGEST = 9_000  # characters of an answer; Claude Code makes a file of more than 10,000


class EventKind(StrEnum):
    """What an event means, whatever the agent calls it."""

    START = "start"  # a session begins
    COMPACTED = "compacted"  # its context was replaced by a summary
    PROMPT = "prompt"  # a person asked for something
    END = "end"  # the agent waits, or the session ended
    OTHER = "other"


_KINDS = {
    "SessionStart": EventKind.START,
    "sessionStart": EventKind.START,
    "UserPromptSubmit": EventKind.PROMPT,
    "BeforeAgent": EventKind.PROMPT,
    "Stop": EventKind.END,
    "stop": EventKind.END,
    "SessionEnd": EventKind.END,
}
_BACKGROUND = ("Stop", "stop")  # the agent does not wait for these
_NEW = ("", "startup", "clear")  # ways to begin a session that knows nothing yet
# Agents as the importer names them.
_IMPORTED = {"gemini": "gemini-cli"}


class Event(msgspec.Struct, frozen=True):
    """One event. ``agent`` is as importers name it; ``transcript`` is the session's file."""

    agent: str
    name: str
    kind: EventKind
    session: str
    cwd: str = ""
    prompt: str = ""
    transcript: str = ""
    check: bool = False  # somebody tries the hook: nothing is written, and how it went is told

    @property
    def may_take_long(self) -> bool:
        """Whether the agent goes on without waiting for the hook."""
        return self.name in _BACKGROUND


class _Raw(msgspec.Struct):
    """What agents send; each sends some of it."""

    hook_event_name: str = ""
    session_id: str = ""
    conversation_id: str = ""  # Cursor
    transcript_path: str | None = None
    cwd: str = ""
    workspace_roots: list[str] = []
    source: str = ""
    prompt: str = ""
    hpm_check: bool = False


def event_of(agent: str, data: bytes) -> Event:
    """The event in what an agent sent. Raises ``msgspec.DecodeError`` for what is none."""
    raw = msgspec.json.decode(data, type=_Raw)
    kind = _KINDS.get(raw.hook_event_name, EventKind.OTHER)
    if kind is EventKind.START and raw.source not in _NEW:
        # Who resumes a session has in it what was given then.
        kind = EventKind.COMPACTED if raw.source == "compact" else EventKind.OTHER
    return Event(
        _IMPORTED.get(agent, agent),
        raw.hook_event_name,
        kind,
        (raw.session_id or raw.conversation_id)[:200],
        raw.cwd or next(iter(raw.workspace_roots), ""),
        raw.prompt,
        raw.transcript_path or "",
        raw.hpm_check,
    )


def answer(event: Event, text: str) -> str:
    """The answer that gives an agent a text, as JSON; "" for no text, or one that is too long."""
    if not text or len(text) > _LONGEST:
        return ""
    value: dict[str, Any] = {
        "hookSpecificOutput": {"hookEventName": event.name, "additionalContext": text}
    }
    if event.name == "sessionStart":  # Cursor
        value = {"additional_context": text}
    return msgspec.json.encode(value).decode()
