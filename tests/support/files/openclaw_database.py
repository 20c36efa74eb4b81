"""A small database of OpenClaw, as it makes them since August 2026, and as it did at first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tests.support.files.agent_databases import Row, made
from tests.support.files.pi_lines import HEAD, PI, user

OPENCLAW_TABLES = """
CREATE TABLE session_nodes (session_key TEXT PRIMARY KEY, current_session_id TEXT NOT NULL,
    entry_json TEXT NOT NULL, updated_at INTEGER NOT NULL, label TEXT, display_name TEXT) STRICT;
CREATE TABLE session_windows (session_id TEXT PRIMARY KEY, session_key TEXT NOT NULL,
    previous_session_id TEXT, reason TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    parent_session_key TEXT, spawned_by TEXT, display_name TEXT) STRICT;
CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL,
    event_json TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (session_id, seq)) STRICT;
CREATE TABLE auth_profile_store (store_key TEXT PRIMARY KEY, store_json TEXT NOT NULL) STRICT;
"""
FIRST_OPENCLAW_TABLES = """
CREATE TABLE sessions (session_id TEXT PRIMARY KEY, session_key TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, parent_session_key TEXT,
    spawned_by TEXT, display_name TEXT);
CREATE TABLE session_entries (session_key TEXT PRIMARY KEY, session_id TEXT NOT NULL,
    entry_json TEXT NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL,
    event_json TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (session_id, seq));
CREATE TABLE auth_profile_store (store_key TEXT PRIMARY KEY, store_json TEXT NOT NULL);
"""
OPENCLAW = [line for line in PI if line.get("id") in ("01a2", "e1", "e2", "e3", "e4", "e5")]
FERRY, HARBOUR = "agent:main:ferry", "agent:main:harbour"


def openclaw_events(session: str, lines: Sequence[Row], begun: int) -> list[Row]:
    """The rows of a session's lines."""
    return [
        {"session_id": session, "seq": n, "event_json": json.dumps(line), "created_at": begun + n}
        for n, line in enumerate(lines)
    ]


def openclaw(path: Path, *, first: bool = False) -> Path:
    """An agent's database: a session of two, its conversation reset, and one that it spawned."""
    child = [HEAD | {"id": "01c4"}, user(2, None, "Count the boats")]
    later = [HEAD | {"id": "01b3"}, user(2, None, "Paint the ferry")]
    told = (("01a2", OPENCLAW, 100), ("01b3", later, 300), ("01c4", child, 200))
    events = [row for told_session in told for row in openclaw_events(*told_session)]
    secrets = [{"store_key": "primary", "store_json": '{"token": "hush"}'}]
    keys = {"01a2": FERRY, "01b3": FERRY, "01c4": HARBOUR}
    windows: list[Row] = [
        {
            "session_id": session,
            "session_key": keys[session],
            "created_at": begun,
            "updated_at": 400,
        }
        | ({"spawned_by": FERRY} if session == "01c4" else {})
        for session, _, begun in told
    ]
    entry = json.dumps({"sessionId": "01c4", "label": "The boats"})
    if first:
        nodes = [{"session_key": HARBOUR, "session_id": "01c4", "entry_json": entry}]
        tables = {"sessions": windows, "session_entries": [nodes[0] | {"updated_at": 1}]}
        return made(
            path,
            FIRST_OPENCLAW_TABLES,
            transcript_events=events,
            auth_profile_store=secrets,
            **tables,
        )
    node = {"session_key": HARBOUR, "current_session_id": "01c4", "entry_json": entry}
    return made(
        path,
        OPENCLAW_TABLES,
        session_windows=windows,
        session_nodes=[node | {"updated_at": 1}],
        transcript_events=events,
        auth_profile_store=secrets,
    )
