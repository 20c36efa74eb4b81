"""Files that are no sessions: what is known of a session, read together with its messages."""

from __future__ import annotations

from collections.abc import Callable

Record = dict[str, object]

_TASK = "a task of Cline, Roo Code or Kilo Code"


def _has(*keys: str) -> Callable[[Record], bool]:
    return lambda record: all(key in record for key in keys)


def _is_screen_line(record: Record) -> bool:
    return record.get("type") in ("say", "ask") and "ts" in record


KINDS: tuple[tuple[Callable[[Record], bool], str], ...] = (
    (
        _has("session_id", "pid", "started_at"),
        "The facts of a session of Cline CLI: they go to the messages beside them.",
    ),
    (
        _is_screen_line,
        f"The screen's copy of {_TASK}: its times go to the messages beside it "
        "(api_conversation_history.json), which say the same and more.",
    ),
    (
        _has("files_in_context"),
        f"The files of {_TASK}: its model goes to the messages beside them.",
    ),
    (_has("ts", "task", "tokensIn"), f"What is known of {_TASK}: it goes to the task's messages."),
    (
        _has("sessionId", "dateCreated"),
        "The list of Continue's sessions: their dates go to the sessions beside it.",
    ),
    (
        _has("session_id", "environment", "stats"),
        "What is known of a session of Vibe: it goes to the messages beside it.",
    ),
    (
        _has("checkpoint_id", "strategy"),
        "What is known of a checkpoint of Entire: full.jsonl beside it has the session.",
    ),
    (
        _has("chatgpt_plus_user"),
        "The account's data in an export of ChatGPT: conversations.json has what was said.",
    ),
    (
        _has("uuid", "full_name"),
        "The account's data in an export of Claude.ai: conversations.json has what was said.",
    ),
    (
        _has("conversation_id", "is_anonymous"),
        "The list of shared links in an export of ChatGPT: conversations.json has what was said.",
    ),
)


def companion(records: tuple[Record, ...]) -> str:
    """What a file is that is read with others, in words for a person; "" for all others."""
    known = (what for is_record, what in KINDS for record in records if is_record(record))
    return next(known, "")
