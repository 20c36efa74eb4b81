"""Small databases of agents, made here: sessions of OpenCode, of Crush, and what hurts readers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

OPENCODE = """
CREATE TABLE project (id TEXT PRIMARY KEY, worktree TEXT);
CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, directory TEXT,
    title TEXT, time_created INTEGER, time_updated INTEGER);
CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER,
    time_updated INTEGER, data TEXT);
CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER,
    time_updated INTEGER, data TEXT);
CREATE TABLE todo (session_id TEXT, content TEXT);
CREATE TABLE session_share (session_id TEXT, secret TEXT);
"""
CRUSH = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, parent_session_id TEXT, title TEXT,
    message_count INTEGER, prompt_tokens INTEGER, completion_tokens INTEGER, cost REAL,
    updated_at INTEGER, created_at INTEGER, summary_message_id TEXT);
CREATE TABLE messages (id TEXT PRIMARY KEY, session_id TEXT, role TEXT, parts TEXT, model TEXT,
    created_at INTEGER, provider TEXT);
CREATE TABLE files (id TEXT PRIMARY KEY, session_id TEXT, path TEXT, content TEXT);
"""
PART = "id, message_id, session_id, time_created, time_updated, data"
NOON = 1_777_000_000  # Unix seconds

Parts = list[dict[str, Any]]


def made(path: Path, statements: str) -> sqlite3.Connection:
    """A new database with these tables, open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(statements)
    return connection


def add_opencode(
    db: sqlite3.Connection,
    session: str,
    messages: Iterable[tuple[dict[str, Any], Parts]],
    *,
    parent: str | None = None,
) -> None:
    """Add a session with its messages and their parts."""
    at = NOON * 1000
    row = (session, "prj", parent, "/w/tides", f"About {session}", at, at)
    db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    for number, (message, parts) in enumerate(messages):
        name = f"msg_{session}_{number:04}"
        made_at = at + 1000 * number
        data = json.dumps({"time": {"created": made_at}} | message)
        db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?)", (name, session, at, at, data))
        for index, part in enumerate(parts):
            row_of_part = (f"prt_{name}_{index:03}", name, session, at, at, json.dumps(part))
            db.execute(f"INSERT INTO part ({PART}) VALUES (?, ?, ?, ?, ?, ?)", row_of_part)


def prompt(text: str) -> tuple[dict[str, Any], Parts]:
    return {"role": "user"}, [{"type": "text", "text": text}]


def reply(text: str, *parts: dict[str, Any], **fields: Any) -> tuple[dict[str, Any], Parts]:
    said = [{"type": "text", "text": text}] if text else []
    return {"role": "assistant", "modelID": "glm"} | fields, [*parts, *said]


def tool(call_id: str, status: str, **state: Any) -> dict[str, Any]:
    given = {"status": status, "input": {"command": "ls"}} | state
    return {"type": "tool", "callID": call_id, "tool": "bash", "state": given}


def opencode(path: Path, sessions: Iterable[str] = ("ses_1", "ses_2")) -> None:
    """A database of OpenCode whose sessions have a prompt and a reply each."""
    with closing(made(path, OPENCODE)) as db:
        db.execute("INSERT INTO project VALUES ('prj', '/w')")
        for session in sessions:
            add_opencode(db, session, [prompt(f"Do {session}"), reply(f"Done {session}")])
        db.commit()


def add_crush(
    db: sqlite3.Connection,
    session: str,
    messages: Iterable[tuple[str, Parts]],
    *,
    parent: str | None = None,
    summary: str | None = None,
) -> None:
    """Add a session with its messages: a role and the parts of each."""
    row = (session, parent, f"About {session}", 9, 70, 7, 0.5, NOON, NOON, summary)
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    for number, (role, parts) in enumerate(messages):
        model = "kimi" if role == "assistant" else None
        values = (f"{session}-{number}", session, role, json.dumps(parts), model, NOON, "router")
        db.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def crush_part(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


def _row(table: str, **cells: Any) -> dict[str, Any]:
    return {"table": table, "row": cells}


# Sessions as the lines of their rows.
OPENCODE_ROWS: list[dict[str, Any]] = [
    {"database": "opencode", "session": "ses_1"},
    _row("session", id="ses_1", parent_id="ses_0", title="Tides", directory="/w/tides"),
    _row("session", id="ses_2", parent_id="ses_1", title="Find callers"),
    _row("message", id="msg_1", session_id="ses_1", data=json.dumps(prompt("")[0])),
    _row("part", id="prt_1", message_id="msg_1", data=json.dumps(prompt("Fix it")[1][0])),
    _row("message", id="msg_2", time_created=NOON, data=json.dumps(reply("", cost=0.5)[0])),
    _row("part", id="prt_2", message_id="msg_2", data=json.dumps(tool("c1", "completed"))),
    _row("part", id="prt_3", message_id="msg_2", json={"type": "text", "text": "Fixed"}),
    _row("todo", session_id="ses_1", content={"base64": "AAE="}),
]
CRUSH_ROWS: list[dict[str, Any]] = [
    {"database": "crush", "session": "s1"},
    _row("sessions", id="s1", title="Tides", prompt_tokens=70, cost=0.5),
    _row("messages", role="user", parts=json.dumps([crush_part("text", text="Look")])),
    _row(
        "messages",
        role="assistant",
        parts=json.dumps([crush_part("tool_call", id="c1", name="ls", input="{}")]),
    ),
    _row(
        "messages",
        role="tool",
        parts=json.dumps([crush_part("tool_result", tool_call_id="c1", content="a.py")]),
    ),
]
