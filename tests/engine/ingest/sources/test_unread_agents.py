"""What other agents write, and this version does not read, is set aside under their names."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.memory_notes.kinds import note_reader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from tests.support.files.agent_files import json_lines
from tests.support.files.trace_sources import chat, memory_source

LONG = "x" * 100_000
DOCUMENTS: dict[str, Any] = {
    "Cline CLI": {"version": 1, "session_id": "s", "pid": 1, "started_at": "t"},
    "Crush": {"projects": [{"path": "/w", "data_dir": ".crush"}]},
    "Engram": {"version": 1, "chunks": [{"id": "c", "memories": 1}]},
    "Entire": {"checkpoint_id": "c", "strategy": "s", "session_id": "s"},
    "OpenClaw": {"agent:main:main": {"sessionId": "s"}},
}
TABLES = {
    "VS Code or Cursor": "CREATE TABLE IF NOT EXISTS ItemTable (key, value)",
}
TEXTS = {
    "r/08/60e52c3d41/1/prompt.txt": ("Go\n", "Entire"),
}


def reason(data: bytes, name: str = "file") -> str:
    verdict = detect(memory_source(data, name))
    assert isinstance(verdict, NotATrace), verdict
    return verdict.reason


def database(statements: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(statements)
    return connection.serialize()


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


@pytest.mark.parametrize("name", TEXTS)
def test_an_agents_text_is_set_aside_under_its_name(name: str) -> None:
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
        if isinstance(source, SourceFile) and note_reader(source) is not None:
            continue
        verdict = detect(source) if isinstance(source, SourceFile) else NotATrace(source.reason)
        if isinstance(verdict, NotATrace) and not any(
            words in verdict.reason for words in ("does not read yet", "there are no sessions")
        ):
            unnamed.append((source.name, verdict.reason))
    assert not unnamed


def test_a_session_of_iflow_is_read_like_claude_codes_and_called_iflows() -> None:
    session = "session-11111111-2222-4333-8444-555555555555"
    line = {"type": "user", "sessionId": session, "uuid": "u", "message": {"content": "Go"}}
    reader = detect(memory_source(json_lines([line])))
    assert not isinstance(reader, NotATrace)
    (episode,) = reader.read(memory_source(json_lines([line])))
    assert (episode.format, episode.agent, episode.key) == ("claude-code", "iflow", session)
