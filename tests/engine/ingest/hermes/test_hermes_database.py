from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.values.episodes import StepFlag
from tests.support.files.agent_databases import hermes, sessions
from tests.support.files.editor_agents import HERMES
from tests.support.files.trace_sources import document, read_one, shown


def test_rows_tell_what_the_document_tells(tmp_path: Path) -> None:
    episode, steps = sessions(hermes(tmp_path / "state.db"))[HERMES["session_id"]]
    whole, expected = read_one(document(HERMES))
    assert shown(steps) == shown(expected)
    assert [step.flags for step in steps] == [step.flags for step in expected]
    assert (episode.format, episode.key, episode.model) == (whole.format, whole.key, whole.model)
    assert (episode.title, episode.cost_usd) == ("Ferry repair", 0.25)
    assert (episode.tokens_in, episode.tokens_out) == (42, 3)
    assert episode.started_at == 1772360100_500000


def test_messages_without_a_table_of_sessions_are_read(tmp_path: Path) -> None:
    path = hermes(tmp_path / "state.db")
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE messages ADD COLUMN finish_reason TEXT")
    connection.execute("DROP TABLE sessions")
    connection.close()
    episode, steps = sessions(path)[HERMES["session_id"]]
    assert (len(steps), episode.title, episode.tokens_in) == (4, None, None)


@pytest.mark.parametrize("first", ["document", "database"])
def test_a_document_and_its_rows_are_one_session(tmp_path: Path, first: str) -> None:
    database = hermes(tmp_path / "state.db")
    copy = tmp_path / "session_20260301.json"
    copy.write_text(json.dumps(HERMES))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        for path in [copy, database] if first == "document" else [database, copy]:
            memory.import_paths([path])
        (episode,) = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 9))
        assert (episode.steps, episode.errors, episode.title) == (4, 1, "Ferry repair")


def test_the_real_database_and_document_are_three_sessions(data: Path, tmp_path: Path) -> None:
    home = data / "agent-zoo/hermes/home"
    if not home.is_dir():
        pytest.skip("../shared/data/agent-zoo is missing")
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([home])
        ids = memory.episodes.find(EpisodeQuery())
        assert len(ids) == 3


def test_a_message_with_an_image_is_its_words(tmp_path: Path) -> None:
    path = hermes(tmp_path / "state.db")
    blocks = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
    ]
    connection = sqlite3.connect(path)
    connection.execute(
        "UPDATE messages SET content = ? WHERE content = 'Fix the ferry'",
        (f"\0json:{json.dumps(blocks)}",),
    )
    connection.commit()
    connection.close()
    _, steps = sessions(path)[HERMES["session_id"]]
    (words,) = [text for kind, text in shown(steps)[1] if kind == "message"]
    assert words.startswith("What is this?") and "json:" not in words


def test_what_was_taken_back_is_marked_and_what_a_summary_replaced_is_not(tmp_path: Path) -> None:
    path = hermes(tmp_path / "state.db")
    connection = sqlite3.connect(path)
    for column in ("active INTEGER NOT NULL DEFAULT 1", "compacted INTEGER NOT NULL DEFAULT 0"):
        connection.execute(f"ALTER TABLE messages ADD COLUMN {column}")
    ask = "SELECT id FROM messages WHERE role = 'user' ORDER BY id"
    first, *_, last = [row[0] for row in connection.execute(ask)]
    connection.execute("UPDATE messages SET active = 0, compacted = 1 WHERE id = ?", (first,))
    connection.execute("UPDATE messages SET active = 0 WHERE id >= ?", (last,))
    connection.commit()
    connection.close()
    _, steps = sessions(path)[HERMES["session_id"]]
    back = [bool(step.flags & StepFlag.TAKEN_BACK) for step in steps]
    assert any(back) and not back[0]
    assert back == sorted(back)  # from there on all are


def test_what_hermes_keeps_beside_its_summary_is_told_once(tmp_path: Path) -> None:
    path = hermes(tmp_path / "state.db")
    before = shown(sessions(path)[HERMES["session_id"]][1])
    connection = sqlite3.connect(path)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(messages)")]
    same = ", ".join(column for column in columns if column != "id")
    for column in ("active INTEGER NOT NULL DEFAULT 1", "compacted INTEGER NOT NULL DEFAULT 0"):
        connection.execute(f"ALTER TABLE messages ADD COLUMN {column}")
    connection.execute("UPDATE messages SET active = 0, compacted = 1")
    kept = f"INSERT INTO messages ({same}) SELECT {same} FROM messages WHERE role <> 'system'"
    connection.execute(kept)
    connection.execute(
        f"INSERT INTO messages ({same}) SELECT {same.replace('timestamp', 'timestamp + 60')} "
        "FROM messages WHERE content = 'Fix the ferry' AND compacted = 1"
    )
    connection.commit()
    connection.close()
    _, steps = sessions(path)[HERMES["session_id"]]
    assert shown(steps) == [*before, [("message", "Fix the ferry")]]
