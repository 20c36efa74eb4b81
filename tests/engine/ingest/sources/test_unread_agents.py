"""What other agents write, and this version does not read, is set aside under their names."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from tests.support.files.agent_files import json_lines
from tests.support.files.trace_sources import chat, memory_source

LONG = "x" * 100_000
TEXT = [{"type": "text", "text": "Go"}]
GROK = {"sessionUpdate": "user_message_chunk", "content": {"text": "Go"}}

LINES: dict[str, list[dict[str, Any]]] = {
    "Antigravity": [{"step_index": 0, "source": "MODEL", "created_at": "t", "content": "Go"}],
    "DeepSeek harness": [{"type": "session", "version": 0, "id": "s", "delegationDepth": 0}],
    "Droid": [{"type": "session_start", "id": "s", "title": "t", "cwd": "/w"}],
    "droid exec": [
        {"type": "system", "session_id": "s", "cwd": "/w"},
        {"type": "message", "session_id": "s", "role": "user", "text": "Go"},
        {"type": "message", "session_id": "s", "role": "assistant", "text": "Gone"},
        {"type": "tool_call", "session_id": "s", "toolCallId": "c", "toolName": "Shell"},
        {"type": "completion", "session_id": "s", "finalText": "Done"},
    ],
    "gptme": [
        {"role": "system", "content": "You are gptme.", "hide": True},
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": "```shell\nls\n```"},
    ],
    "Grok Build": [{"timestamp": 1, "params": {"update": GROK}}],
    "Kimi": [{"type": "metadata", "protocol_version": "1.5"}],
    "Kimi CLI": [
        {"role": "_system_prompt", "content": "You"},
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": "Gone"},
    ],
    "MCP memory": [{"type": "entity", "name": "n", "entityType": "e", "observations": ["o"]}],
    "Qwen Code": [
        {"type": "system", "sessionId": "s", "systemPayload": {}},
        {"type": "user", "sessionId": "s", "message": {"role": "user", "parts": TEXT}},
    ],
}
AMP = [{"role": "user", "content": TEXT}, {"role": "assistant", "content": TEXT}]
DOCUMENTS: dict[str, Any] = {
    "Amp": {"v": 1, "id": "T-1", "created": 1, "messages": AMP},
    "Cline CLI": {"version": 1, "session_id": "s", "pid": 1, "started_at": "t"},
    "Cline, Roo Code or Kilo Code": [
        {"role": "user", "content": [{"type": "text", "text": "<task>\nGo\n</task>"}]},
        {"role": "assistant", "content": "<attempt_completion>Gone</attempt_completion>"},
    ],
    "Continue": {
        "sessionId": "s",
        "workspaceDirectory": "/w",
        "history": [{"message": {"role": "user", "content": "Go"}}],
    },
    "Crush": {"projects": [{"path": "/w", "data_dir": ".crush"}]},
    "Engram": {"sessions": None, "observations": [], "prompts": []},
    "Entire": {"checkpoint_id": "c", "strategy": "s", "session_id": "s"},
    "OpenClaw": {"agent:main:main": {"sessionId": "s"}},
    "OpenCode": {"id": "msg_1", "sessionID": "ses_1", "role": "user", "time": {"created": 1}},
    "Vibe": {
        "metadata": {"session_id": "s", "stats": {"session_prompt_tokens": 0}},
        "messages": [{"role": "system", "content": "You are Vibe"}],
    },
}
TABLES = {
    "Codex's memories": "CREATE TABLE stage1_outputs (thread_id TEXT)",
    "Cursor": "CREATE TABLE ItemTable (key, value); CREATE TABLE cursorDiskKV (key, value)",
    "Cursor CLI": "CREATE TABLE meta (key, value); CREATE TABLE blobs (id, data)",
    "VS Code or Cursor": "CREATE TABLE IF NOT EXISTS ItemTable (key, value)",
    "Crush": """CREATE TABLE goose_db_version (id); CREATE TABLE sessions (id);
        CREATE TABLE files (id); CREATE TABLE messages (id)""",
    "Goose": "CREATE TABLE sessions (id, working_dir); CREATE TABLE messages (id)",
    "Hermes": """CREATE TABLE sessions (id); CREATE TABLE messages (id);
        CREATE VIRTUAL TABLE messages_fts USING fts5(content)""",
    "OpenCode": 'CREATE TABLE "session" (id); CREATE TABLE `message` (id); CREATE TABLE part (id)',
    "Zed": "CREATE TABLE threads (id, data_type)",
    "mem0": "CREATE TABLE history (id, old_memory)",
    "Warp": "CREATE TABLE ai_queries (id); CREATE TABLE agent_conversations (id)",
    "Kiro CLI": "CREATE TABLE conversations_v2 (key)",
    "claude-mem": "CREATE TABLE sdk_sessions (id); CREATE TABLE observations (id)",
    "Engram's": """CREATE TABLE sessions (id); CREATE TABLE user_prompts (id);
        CREATE TABLE observations (id)""",
}
TEXTS = {
    "CLAUDE.md": ("Use tabs.\n", "Claude Code"),
    "h/projects/-w/memory/MEMORY.md": ("- [a](a.md)\n", "memory of Claude Code"),
    ".claude/agent-memory/reviewer/MEMORY.md": ("- a\n", "Claude Code's agents"),
    "x/memories/raw_memories.md": ("thread_id: 1\nrollout_path: /r\n", "Codex"),
    "h/memories/MEMORY.md": ("One.\n§\nTwo.\n", "Hermes"),
    "a/memory/system/human.md": ("---\ndescription: About\n---\nHi\n", "Letta"),
    "notes/a.md": ("---\ntitle: A\npermalink: a\n---\n- [idea] b\n", "Basic Memory"),
    "okf/a.md": ("---\ntype: Concept\ntitle: A\ndescription: b\n---\n", "Open Knowledge"),
    "a.md": ("<!-- Generated by SpecStory -->\n\n_**User**_\n\nGo\n", "SpecStory"),
}


def reason(data: bytes, name: str = "file") -> str:
    verdict = detect(memory_source(data, name))
    assert isinstance(verdict, NotATrace), verdict
    return verdict.reason


def database(statements: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(statements)
    return connection.serialize()


@pytest.mark.parametrize("agent", LINES)
def test_an_agents_lines_are_set_aside_under_its_name(agent: str) -> None:
    for before in ([], [{"type": "note", "note": LONG}], [{"type": "note"}] * 120):
        shown = reason(json_lines([*before, *LINES[agent]]))
        assert agent in shown
        assert "does not read yet" in shown


@pytest.mark.parametrize("agent", DOCUMENTS)
def test_an_agents_document_is_set_aside_under_its_name(agent: str) -> None:
    value = DOCUMENTS[agent]
    record = value[0] if isinstance(value, list) else value
    for written in (
        value,
        [{**record, "more": LONG}, *value[1:]] if value is not record else value,
    ):
        assert agent.lower() in reason(json.dumps(written).encode()).lower()
        assert agent.lower() in reason(json.dumps(written, indent=2).encode()).lower()


@pytest.mark.parametrize("agent", TABLES)
def test_an_agents_database_is_set_aside_under_its_name(agent: str) -> None:
    assert agent in reason(database(TABLES[agent]))
    filled = ";".join((*(f"CREATE TABLE t{number} (a)" for number in range(900)), TABLES[agent]))
    assert len(database(filled)) > 100_000
    assert agent in reason(database(filled))


def test_a_database_of_nobody_known_is_one_and_no_more() -> None:
    assert reason(database("CREATE TABLE history (id)")) == "Not a trace: a SQLite database."
    assert reason(b"\x37\x7f\x06\x82" + b"\0" * 50) == "Not a trace: the log of a SQLite database."


@pytest.mark.parametrize(
    ("folder", "agent"),
    [("/.local/share/kilo/kilo.db", "Kilo"), ("/.zcode/cli/db/db.sqlite", "ZCode")],
)
def test_forks_are_told_by_their_folder(folder: str, agent: str) -> None:
    assert f"sessions of {agent}" in reason(database(TABLES["OpenCode"]), folder)


@pytest.mark.parametrize("name", TEXTS)
def test_an_agents_notes_are_set_aside_under_its_name(name: str) -> None:
    text, agent = TEXTS[name]
    assert agent in reason(text.encode(), f"/home/a/{name}")
    assert agent in reason(text.replace("\n", "\r\n").encode(), f"/home/a/{name}")


@pytest.mark.parametrize("text", ["# Notes\n\n- [x] done\n- [ ] open\n", "---\ntitle: A\n---\nB\n"])
def test_other_notes_are_plain_text(text: str) -> None:
    assert reason(text.encode(), "notes.md") == "Not a trace: plain text."


def test_ordinary_chats_are_read_as_before() -> None:
    for value in (
        {"messages": chat(("user", "Go"), ("assistant", "Gone"))},
        chat(("user", "Go"), ("assistant", "Gone")),
        {"id": "thread", "messages": chat(("user", "Go"), ("assistant", "Gone"))},
    ):
        assert not isinstance(detect(memory_source(json.dumps(value).encode())), NotATrace)


def test_every_file_of_every_agent_is_read_or_named(data: Path) -> None:
    zoo = data / "agent-zoo"
    if not zoo.is_dir():
        pytest.skip("../shared/data/agent-zoo is missing")
    expected = json.loads((zoo / "expected.json").read_text())
    files = [zoo / name for name in expected if (zoo / name).is_file()]
    assert files
    unnamed = []
    for source in walk([path for path in files if path.name != "SOURCE.md"]):
        verdict = detect(source) if isinstance(source, SourceFile) else NotATrace(source.reason)
        if isinstance(verdict, NotATrace) and "does not read yet" not in verdict.reason:
            unnamed.append((source.name, verdict.reason))
    assert not unnamed


def test_a_session_of_iflow_is_read_like_claude_codes_and_called_iflows() -> None:
    session = "session-11111111-2222-4333-8444-555555555555"
    line = {"type": "user", "sessionId": session, "uuid": "u", "message": {"content": "Go"}}
    reader = detect(memory_source(json_lines([line])))
    assert not isinstance(reader, NotATrace)
    (episode,) = reader.read(memory_source(json_lines([line])))
    assert (episode.format, episode.agent, episode.key) == ("claude-code", "iflow", session)
