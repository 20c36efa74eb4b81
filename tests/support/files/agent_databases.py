"""Small databases of Cursor, Goose, Hermes, Kiro, Warp and Zed, as their agents make them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import zstandard

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from tests.support.files.editor_agents import GOOSE, HERMES
from tests.support.files.trace_sources import read_all

Row = Mapping[str, Any]
Read = dict[str, tuple[EpisodeDraft, list[StepDraft]]]


def made(path: Path, tables: str, **rows: Sequence[Row]) -> Path:
    """A database with these tables and their rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(tables)
    for table, values in rows.items():
        for row in values:
            names = ", ".join(row)
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values())
            )
    connection.commit()
    connection.close()
    return path


def sessions(path: Path) -> Read:
    """The episodes of a database by key, those that hold something."""
    read: Read = {}
    for source in walk([path]):
        assert isinstance(source, SourceFile), source
        for draft, steps in read_all(source):
            assert draft.key not in read
            read[draft.key] = draft, steps
    return read


GOOSE_TABLES = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, name TEXT, description TEXT, user_set_name BOOLEAN,
    working_dir TEXT NOT NULL, created_at TIMESTAMP, parent_session_id TEXT,
    model_config_json TEXT, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER);
CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, role TEXT,
    content_json TEXT, created_timestamp INTEGER, metadata_json TEXT);
CREATE TABLE usage_ledger (id INTEGER PRIMARY KEY, session_id TEXT, cost REAL);
"""


def goose(path: Path) -> Path:
    head: Row = {
        "id": "20260301_1",
        "name": "Ferry repair",
        "working_dir": "/home/mira/ferry app",
        "created_at": "2026-03-01 09:00:00",
        "model_config_json": '{"model_name": "north-3"}',
        "accumulated_input_tokens": 40,
        "accumulated_output_tokens": 3,
    }
    child: Row = {**head, "id": "20260301_2", "parent_session_id": "20260301_1"}
    spoken = [
        {
            "session_id": "20260301_1",
            "role": line["role"],
            "content_json": json.dumps(line["content"]),
            "created_timestamp": line["created"],
            "metadata_json": json.dumps(line["metadata"]) if "metadata" in line else None,
        }
        for line in GOOSE[1:]
    ]
    asked = {
        "session_id": "20260301_2",
        "role": "user",
        "content_json": '[{"type": "text", "text": "Count the boats"}]',
        "created_timestamp": 1772355601,
    }
    ledger = [{"session_id": "20260301_1", "cost": cost} for cost in (0.25, 0.5, None)]
    return made(
        path,
        GOOSE_TABLES,
        sessions=[head, child],
        messages=[*reversed(spoken), asked],
        usage_ledger=ledger,
    )


HERMES_TABLES = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT NOT NULL, model TEXT, model_config TEXT,
    parent_session_id TEXT, started_at REAL NOT NULL, input_tokens INTEGER, output_tokens INTEGER,
    cache_read_tokens INTEGER, estimated_cost_usd REAL, title TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, role TEXT,
    content TEXT, tool_call_id TEXT, tool_calls TEXT, timestamp REAL, reasoning TEXT);
CREATE VIRTUAL TABLE messages_fts USING fts5(content, content=messages, content_rowid=id);
"""


def hermes(path: Path) -> Path:
    head = {
        "id": HERMES["session_id"],
        "source": "cli",
        "model": HERMES["model"],
        "started_at": 1772360100.5,
        "input_tokens": 40,
        "output_tokens": 3,
        "cache_read_tokens": 2,
        "estimated_cost_usd": 0.25,
        "title": "Ferry repair",
    }
    messages = [
        {
            "session_id": HERMES["session_id"],
            "role": message["role"],
            "content": message["content"],
            "tool_call_id": message.get("tool_call_id"),
            "tool_calls": json.dumps(message["tool_calls"]) if "tool_calls" in message else None,
            "timestamp": 1772360100.5 + number,
            "reasoning": message.get("reasoning"),
        }
        for number, message in enumerate(HERMES["messages"][:-1])
    ]
    return made(path, HERMES_TABLES, sessions=[head], messages=messages)


KIRO_TABLES = """
CREATE TABLE conversations_v2 (key TEXT, conversation_id TEXT, value TEXT, created_at INTEGER,
    updated_at INTEGER, PRIMARY KEY (key, conversation_id));
CREATE TABLE conversations (key TEXT PRIMARY KEY, value TEXT);
"""


def kiro_history() -> list[dict[str, Any]]:
    def user(content: dict[str, Any]) -> dict[str, Any]:
        return {"content": content, "timestamp": "2026-03-01T09:00:00Z"}

    call = {"id": "c1", "name": "execute_bash", "args": {"command": "ls"}}
    results = [
        {"tool_use_id": "c1", "content": [{"Text": "a.py"}, {"Json": {"n": 1}}], "status": "Error"}
    ]
    return [
        {
            "user": user({"Prompt": {"prompt": "Fix the ferry"}}),
            "assistant": {"ToolUse": {"content": "I look.", "tool_uses": [call]}},
            "request_metadata": {"stream_end_timestamp_ms": 1772355601000, "model_id": "north-3"},
        },
        {
            "user": user({"ToolUseResults": {"tool_use_results": results}}),
            "assistant": {"Response": {"content": "Done."}},
        },
    ]


def kiro(path: Path) -> Path:
    turns = kiro_history()

    def row(key: str, updated_at: int, history: list[dict[str, Any]]) -> Row:
        value = json.dumps({"conversation_id": "k1", "history": history})
        stated = {"created_at": 1772355600000, "updated_at": updated_at}
        return {"key": key, "conversation_id": "k1", "value": value, **stated}

    newest = row("/home/mira/ferry app", 1772355660000, turns)
    old = {"key": "/home/mira/old", "value": json.dumps({"history": turns[:1]})}
    return made(
        path,
        KIRO_TABLES,
        conversations_v2=[newest, row("/home/mira", 1772355601000, turns[:1])],
        conversations=[old],
    )


ZED_TABLES = """
CREATE TABLE threads (id TEXT PRIMARY KEY, summary TEXT NOT NULL, updated_at TEXT NOT NULL,
    data_type TEXT NOT NULL, data BLOB NOT NULL);
"""
ZED_COLUMNS = """
ALTER TABLE threads ADD COLUMN parent_id TEXT;
ALTER TABLE threads ADD COLUMN folder_paths TEXT;
ALTER TABLE threads ADD COLUMN folder_paths_order TEXT;
ALTER TABLE threads ADD COLUMN created_at TEXT;
"""


def zed_document() -> dict[str, Any]:
    call = {"id": "c1", "name": "terminal", "raw_input": "", "input": {"command": "ls"}}
    refused = {"tool_use_id": "c1", "is_error": True, "content": {"Text": "no right"}}
    mention = {"Mention": {"uri": "file:///home/mira/notes.md", "content": "Boats sink."}}
    return {
        "version": "0.3.0",
        "title": "Ferry repair",
        "model": {"provider": "north", "model": "north-3"},
        "messages": [
            {"User": {"id": "u1", "content": [{"Text": "Fix the ferry"}, mention]}},
            {
                "Agent": {
                    "content": [
                        {"Thinking": {"text": "I list.", "signature": None}},
                        {"Text": "I look."},
                        {"ToolUse": call},
                    ],
                    "tool_results": {"c1": refused},
                }
            },
            "Resume",
            {"Agent": {"content": [{"Text": "Done."}], "tool_results": {}}},
        ],
        "cumulative_token_usage": {
            "input_tokens": 40,
            "output_tokens": 3,
            "cache_read_input_tokens": 2,
        },
    }


def zed(path: Path) -> Path:
    packed = zstandard.compress(json.dumps(zed_document()).encode())
    segments = [{"type": "text", "text": "Go"}]
    older = {
        "version": "0.2.0",
        "summary": "An older thread",
        "messages": [
            {"id": 1, "role": "system", "segments": [{"type": "text", "text": "You help."}]},
            {"id": 2, "role": "user", "segments": segments},
            {
                "id": 3,
                "role": "assistant",
                "segments": [{"type": "thinking", "text": "Hm."}, {"type": "text", "text": "Gone"}],
                "tool_uses": [{"id": "t1", "name": "find", "input": {"path": "/"}}],
            },
            {
                "id": 4,
                "role": "user",
                "segments": [],
                "tool_results": [{"tool_use_id": "t1", "is_error": False, "content": "a.py"}],
            },
        ],
    }
    stated = {"updated_at": "2026-03-01T09:05:00+00:00", "summary": "Ferry repair"}
    folders = {"folder_paths": "/home/mira/lib\n/home/mira/ferry app", "folder_paths_order": "1,0"}
    return made(
        path,
        ZED_TABLES + ZED_COLUMNS,
        threads=[
            {
                "id": "z1",
                **stated,
                "data_type": "zstd",
                "data": packed,
                **folders,
                "created_at": "2026-03-01T09:00:00+00:00",
            },
            {"id": "z2", **stated, "data_type": "json", "data": json.dumps(older)},
            {"id": "z3", **stated, "data_type": "zstd", "data": packed, "parent_id": "z1"},
        ],
    )


WARP_TABLES = """
CREATE TABLE agent_conversations (id INTEGER PRIMARY KEY, conversation_id TEXT,
    conversation_data TEXT);
CREATE TABLE ai_queries (id INTEGER PRIMARY KEY, exchange_id TEXT, conversation_id TEXT,
    start_ts DATETIME, input TEXT, working_directory TEXT, model_id TEXT);
CREATE TABLE blocks (id INTEGER PRIMARY KEY, stylized_command BLOB, stylized_output BLOB,
    pwd TEXT, exit_code INTEGER, did_execute BOOLEAN, completed_ts DATETIME, start_ts DATETIME,
    block_id TEXT, ai_metadata TEXT);
"""


def warp(path: Path) -> Path:
    def query(second: int, text: str = "") -> Row:
        asked = [{"Query": {"text": text, "context": []}}] if text else []
        return {
            "conversation_id": "w1",
            "start_ts": f"2026-03-01 09:00:{second:02}.500000",
            "input": json.dumps(asked),
            "working_directory": "/home/mira/ferry app",
            "model_id": "auto",
        }

    def block(second: int, command: str, output: str, code: int, of: str) -> Row:
        action = f"a{second}"
        facts = {"requested_command_action_id": action, "conversation_id": of}
        return {
            "stylized_command": command.encode(),
            "stylized_output": output.encode(),
            "exit_code": code,
            "did_execute": 1,
            "start_ts": f"2026-03-01 09:00:{second:02}",
            "completed_ts": f"2026-03-01 09:00:{second + 1:02}",
            "ai_metadata": json.dumps(facts) if of else None,
        }

    return made(
        path,
        WARP_TABLES,
        agent_conversations=[{"conversation_id": "w1", "conversation_data": "{}"}],
        ai_queries=[query(0, "Fix the ferry"), query(5), query(20, "And now?")],
        blocks=[
            block(10, "\x1b[1mls\x1b[0m", "a.py\r\n\x1b[31mb.py\x1b[0m", 0, "w1"),
            block(12, "rm a.py", "no right", 1, "w1"),
            block(13, "pwd", "/", 0, ""),
            block(14, "id", "mira", 0, "w12"),
        ],
    )


CURSOR_TABLES = """
CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
"""


def bubble(identity: str, kind: int, text: str = "", **more: Any) -> dict[str, Any]:
    return {"bubbleId": identity, "type": kind, "text": text, **more}


def cursor_chat() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A chat and its bubbles, in another order than that in which they are shown."""
    bubbles = [
        bubble("b5", 2, "Done.", createdAt="2026-03-01T09:00:05Z"),
        bubble("b1", 1, "Fix the ferry", createdAt="2026-03-01T09:00:00Z"),
        bubble("b2", 2, thinking={"text": "I list."}, createdAt="2026-03-01T09:00:01Z"),
        bubble(
            "b3",
            2,
            "I look.",
            modelInfo={"modelName": "north-3"},
            tokenCount={"inputTokens": 40, "outputTokens": 3},
        ),
        bubble(
            "b4",
            2,
            toolFormerData={
                "name": "run_terminal_cmd",
                "toolCallId": "c1",
                "rawArgs": '{"command": "rm a.py"}',
                "status": "error",
                "error": '{"clientVisibleErrorMessage": "no right"}',
            },
        ),
        bubble("gone", 1, "Never mind"),
    ]
    headers = [{"bubbleId": f"b{number}"} for number in (1, 2, 3, 4, 5)]
    chat = {
        "composerId": "chat-1",
        "name": "Ferry repair",
        "createdAt": 1772355600000,
        "lastUpdatedAt": 1772355660000,
        "fullConversationHeadersOnly": [*headers, {"bubbleId": "lost"}],
        "modelConfig": {"modelName": "north-3"},
        "workspaceIdentifier": {"uri": {"fsPath": "/home/mira/ferry app"}},
    }
    return chat, bubbles


def cursor(path: Path) -> Path:
    chat, bubbles = cursor_chat()
    draft = {"composerId": "draft", "createdAt": 1772355600000, "fullConversationHeadersOnly": []}
    values: list[Row] = [
        {"key": f"bubbleId:chat-1:row-{number}", "value": json.dumps(b)}
        for number, b in enumerate(bubbles[:-2])
    ]
    for b in bubbles[-2:]:
        key = f"bubbleId:chat-1:{b.pop('bubbleId')}"  # only the key has it
        values.append({"key": key, "value": json.dumps(b)})
    values += [
        {"key": "composerData:chat-1", "value": json.dumps(chat)},
        {"key": "composerData:draft", "value": json.dumps(draft).encode()},
        {"key": "composerData:null", "value": None},
        {"key": "bubbleId:chat-10:b1", "value": json.dumps(bubble("b1", 1, "Another chat's"))},
        {"key": "bubbleId:chat-1:null", "value": None},
    ]
    return made(path, CURSOR_TABLES, cursorDiskKV=values)


def cursor_workspace(folder: Path) -> Path:
    """The database of a workspace with chats of two older generations."""
    tabs = [
        {
            "tabId": "tab-1",
            "chatTitle": "An old chat",
            "lastSendTime": 1731784618000,
            "bubbles": [
                {"type": "user", "id": "1", "text": "Go", "selectedImages": [{"path": "/a.png"}]},
                {"type": "ai", "id": "2", "rawText": "Gone", "modelType": "north-1"},
                {"type": "user", "id": "3", "text": ""},
            ],
        },
        {"tabId": "tab-2", "bubbles": [{"type": "user", "id": "1", "text": ""}]},
    ]
    map_ = {"t1": {"name": "edit_file", "params": '{"path": "a"}', "status": "completed"}}
    composers = [
        {
            "composerId": "older-1",
            "createdAt": 1731784818000,
            "conversation": [bubble("u1", 1, "Go on"), bubble("t1", 2, "Edited.")],
            "capabilities": [{"type": 15, "data": {"bubbleDataMap": json.dumps(map_)}}],
        },
        {"composerId": "chat-1"},
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "workspace.json").write_text('{"folder": "file:///home/mira/ferry%20app"}')
    items = {
        "workbench.panel.aichat.view.aichat.chatdata": {"tabs": tabs},
        "composer.composerData": {"allComposers": composers},
        "aiService.prompts": [{"text": "Go"}],
    }
    rows = [{"key": key, "value": json.dumps(value)} for key, value in items.items()]
    return made(folder / "state.vscdb", CURSOR_TABLES, ItemTable=rows)


STORE_TABLES = """
CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
"""


def cursor_store(path: Path, messages: Sequence[Row], shown: Sequence[int], **meta: Any) -> Path:
    """A store with these messages, of which its root names those at the positions ``shown``."""
    blobs = [json.dumps(message).encode() for message in messages]
    ids = [hashlib.sha256(blob).digest() for blob in blobs]
    links = [b"\x0a\x20" + ids[position] for position in shown]
    node = b"".join(links[1:])
    inner = hashlib.sha256(node).digest()
    root = b"\x18\x07" + (links[0] if links else b"") + b"\x12\x20" + inner
    all_blobs = dict(zip((i.hex() for i in ids), blobs, strict=True))
    all_blobs[inner.hex()] = node
    all_blobs[hashlib.sha256(root).hexdigest()] = root
    stated = {"agentId": "chat-1", "latestRootBlobId": hashlib.sha256(root).hexdigest(), **meta}
    value = json.dumps({key: value for key, value in stated.items() if value is not None})
    return made(
        path,
        STORE_TABLES,
        blobs=[{"id": key, "data": blob} for key, blob in all_blobs.items()],
        meta=[{"key": "0", "value": value.encode().hex()}],
    )
