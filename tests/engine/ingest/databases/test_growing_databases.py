"""A session that grew in its database is extended; one that did not is not read again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, Memory, open_memory
from tests.support.files import agent_databases
from tests.support.files.openclaw_database import openclaw, openclaw_events
from tests.support.files.pi_lines import user

Change = Callable[[sqlite3.Connection], None]


def _execute(path: Path, change: Change) -> None:
    connection = sqlite3.connect(path)
    change(connection)
    connection.commit()
    connection.close()


def _goose_says(connection: sqlite3.Connection) -> None:
    content = json.dumps([{"type": "text", "text": "And now?"}])
    connection.execute(
        "INSERT INTO messages (session_id, role, content_json, created_timestamp)"
        " VALUES ('20260301_1', 'user', ?, 1772355700)",
        (content,),
    )
    connection.execute("UPDATE sessions SET accumulated_input_tokens = 90 WHERE id = '20260301_1'")


def _cursor_says(connection: sqlite3.Connection) -> None:
    (value,) = connection.execute(
        "SELECT value FROM cursorDiskKV WHERE key = 'composerData:chat-1'"
    ).fetchone()
    chat = json.loads(value)
    chat["fullConversationHeadersOnly"].append({"bubbleId": "b9"})
    bubble = agent_databases.bubble("b9", 1, "And now?", createdAt="2026-03-01T09:10:00Z")
    for key, changed in (("composerData:chat-1", chat), ("bubbleId:chat-1:b9", bubble)):
        connection.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (key, json.dumps(changed)))


def _zed_says(connection: sqlite3.Connection) -> None:
    document = agent_databases.zed_document()
    document["messages"].append({"User": {"id": "u2", "content": [{"Text": "And now?"}]}})
    connection.execute(
        "UPDATE threads SET data = ?, data_type = 'json', updated_at = '2026-03-01T09:10:00Z'"
        " WHERE id = 'z1'",
        (json.dumps(document),),
    )


def _warp_says(connection: sqlite3.Connection) -> None:
    asked = json.dumps([{"Query": {"text": "And again?"}}])
    connection.execute(
        "INSERT INTO ai_queries (conversation_id, start_ts, input) VALUES ('w1', ?, ?)",
        ("2026-03-01 09:10:00", asked),
    )


def _kiro_says(connection: sqlite3.Connection) -> None:
    history = agent_databases.kiro_history()
    history.append({"user": {"content": {"Prompt": {"prompt": "And now?"}}}, "assistant": None})
    value = json.dumps({"conversation_id": "k1", "history": history})
    connection.execute(
        "UPDATE conversations_v2 SET value = ?, updated_at = updated_at + 1 WHERE updated_at ="
        " (SELECT max(updated_at) FROM conversations_v2)",
        (value,),
    )


def _openclaw_says(connection: sqlite3.Connection) -> None:
    line = user(50, "e2", "And now?")
    row = openclaw_events("01c4", [line], 500)[0] | {"seq": 9}
    connection.execute("INSERT INTO transcript_events VALUES (?, ?, ?, ?)", tuple(row.values()))


GROWTH: dict[str, tuple[Callable[[Path], Path], str, Change]] = {
    "cursor": (agent_databases.cursor, "chat-1", _cursor_says),
    "goose": (agent_databases.goose, "20260301_1", _goose_says),
    "kiro": (agent_databases.kiro, "k1", _kiro_says),
    "openclaw": (openclaw, "01c4", _openclaw_says),
    "warp": (agent_databases.warp, "w1", _warp_says),
    "zed": (agent_databases.zed, "z1", _zed_says),
}


@pytest.mark.parametrize("kind", GROWTH)
def test_a_session_that_grew_is_extended(kind: str, tmp_path: Path) -> None:
    maker, key, change = GROWTH[kind]
    path = maker(tmp_path / "database.db")
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([path])
        before = {e.key: e for e in memory.episodes.get(_all(memory))}
        assert not memory.import_paths([path]).steps_added
        _execute(path, change)
        report = memory.import_paths([path])
        assert (report.episodes_added, report.episodes_extended) == (0, 1)
        after = {e.key: e for e in memory.episodes.get(_all(memory))}
        assert after.keys() == before.keys()
        assert after[key].steps == before[key].steps + 1
        assert all(after[k] == before[k] for k in before if k != key)


def _all(memory: Memory) -> list[int]:
    ids = memory.episodes.find(EpisodeQuery())
    return list(ids.window(0, len(ids)))
