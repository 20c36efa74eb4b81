"""Agents' JSON that is not read yet, recognised by the marks in its records.

Each mark is in a record; a path only distinguishes agents that write alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Record = dict[str, object]


class Unread(NamedTuple):
    """A kind of file that an agent writes."""

    what: str  # in words for a person
    is_record: Callable[[Record], bool]


def _has(*keys: str) -> Callable[[Record], bool]:
    return lambda record: all(key in record for key in keys)


def _text(record: Record, key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _dict(record: Record, key: str) -> Record:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def _first(record: Record, key: str) -> Record:
    value = record.get(key)
    first = value[0] if isinstance(value, list) and value else None
    return first if isinstance(first, dict) else {}


def _is_opencode(record: Record) -> bool:
    if _text(record, "id").startswith(("msg_", "prt_", "ses_")):
        return "sessionID" in record or "projectID" in record or "messageID" in record
    is_part = {"id", "sessionID"} <= record.keys() and bool({"messageID", "role"} & record.keys())
    return is_part or {"id", "projectID", "directory", "time"} <= record.keys()


def _is_opencode_part(record: Record) -> bool:
    return "start" in _dict(record, "time") and {"id", "type", "text"} == record.keys() - {"time"}


KINDS: tuple[Unread, ...] = (
    Unread("The list of Crush's projects", lambda r: "data_dir" in _first(r, "projects")),
    Unread("The list of chunks of Engram's memory", lambda r: "memories" in _first(r, "chunks")),
    Unread("The list of OpenClaw's sessions", lambda r: next(iter(r), "").startswith("agent:")),
)


def is_opencode_piece(records: tuple[Record, ...]) -> bool:
    """Whether a file is a part of a session of OpenCode, or what it says of a project."""
    is_project = _has("id", "worktree", "time")
    return any(
        _is_opencode(record) or _is_opencode_part(record) or is_project(record)
        for record in records
    )


def unread_records(records: tuple[Record, ...], name: str) -> str:
    """The kind of records that this version does not read, in words; "" for all others.

    ``name`` is the source's: it distinguishes agents that write alike.
    """
    for kind in KINDS:
        if any(kind.is_record(record) for record in records):
            return kind.what
    return ""
