"""Memories in SQLite: what the rows say is a note, what was deleted is not shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import Memory, MemoryNote, open_memory
from hpm_engine.values.reports import FileStatus

SESSION = "0f0e0d0c-1111-4222-8333-444455556666"
CLAUDE_MEM = f"""
CREATE TABLE sdk_sessions (id INTEGER PRIMARY KEY, content_session_id, memory_session_id, project);
CREATE TABLE observations (id INTEGER PRIMARY KEY, memory_session_id, project, text, type, title,
  subtitle, facts, narrative, files_modified, created_at_epoch);
CREATE TABLE session_summaries (id INTEGER PRIMARY KEY, memory_session_id, project, request,
  learned, created_at_epoch);
CREATE TABLE user_prompts (id INTEGER PRIMARY KEY, content_session_id, prompt_text);
INSERT INTO sdk_sessions VALUES (1, '{SESSION}', 'm1', 'kiln');
INSERT INTO observations VALUES
  (1, 'm1', 'kiln', NULL, 'bugfix', 'Heat', 'too hot', '["a", "b"]', 'It was hot.', '[]',
   1777881600000),
  (2, 'm1', 'kiln', 'Old row.', 'note', NULL, NULL, NULL, NULL, NULL, 1777881600000);
INSERT INTO session_summaries VALUES (1, 'm1', 'kiln', 'Fire it', 'Slowly.', 1777881600000);
INSERT INTO user_prompts VALUES (1, '{SESSION}', 'Fire it');
"""
ENGRAM = """
CREATE TABLE sessions (id TEXT, project, directory);
CREATE TABLE observations (id INTEGER PRIMARY KEY, session_id, type, title, content, project,
  created_at, updated_at, deleted_at);
INSERT INTO sessions VALUES ('s1', 'kiln', '/r/kiln');
INSERT INTO observations VALUES
  (1, 's1', 'decision', 'Heat', 'Slowly.', 'kiln', '2026-05-04 08:00:00', NULL, NULL),
  (2, 's1', 'decision', 'Secret', 'Deleted words.', 'kiln', '2026-05-04 08:00:00', NULL,
   '2026-05-05 08:00:00');
"""
MEM0 = """
CREATE TABLE history (id, memory_id, old_memory, new_memory, event, created_at, updated_at,
  is_deleted, role);
INSERT INTO history VALUES
  ('1', 'a', NULL, 'Fires', 'ADD', '2026-05-04T08:00:00-07:00', NULL, 0, 'user'),
  ('3', 'b', NULL, 'Uses tabs', 'ADD', '2026-05-05T08:00:00-07:00', NULL, 0, 'user'),
  ('2', 'a', 'Fires', 'Fires slowly', 'UPDATE', '2026-05-06T08:00:00-07:00', NULL, 0, 'user'),
  ('4', 'b', 'Uses tabs', NULL, 'DELETE', '2026-05-07T08:00:00-07:00', NULL, 1, 'user');
"""
SERVICE = """
CREATE TABLE memories (id INTEGER PRIMARY KEY, content_hash, content, tags, memory_type,
  created_at REAL, updated_at REAL, deleted_at REAL);
INSERT INTO memories VALUES
  (1, 'aa', 'Fire slowly.', 'kiln, heat', 'decision', 1777881600.5, NULL, NULL),
  (2, 'bb', 'Deleted words.', '', 'note', 1777881600.5, NULL, 1777990000.0);
"""
CODEX = """
CREATE TABLE stage1_outputs (thread_id TEXT PRIMARY KEY, source_updated_at, raw_memory,
  rollout_summary, generated_at);
INSERT INTO stage1_outputs VALUES ('t-1', 1777881600, 'It fires.', 'All of it.', 1777881700);
"""


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def made(path: Path, script: str) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def notes(memory: Memory, path: Path) -> list[MemoryNote]:
    memory.import_paths([path])
    return memory.memory_notes.find()


def text(memory: Memory, note: MemoryNote) -> str:
    return memory.memory_notes.detail(note.id).text


def test_claude_mems_observations_and_summaries_name_their_session(
    memory: Memory, tmp_path: Path
) -> None:
    heat, old, summary = notes(memory, made(tmp_path / "claude-mem.db", CLAUDE_MEM))
    assert text(memory, heat) == "# Heat\n\ntoo hot\n\nIt was hot.\n\n## Facts\n\n- a\n- b"
    assert (text(memory, old), old.title) == ("Old row.", "")
    assert "## Learned\n\nSlowly." in text(memory, summary)
    assert [session.key for session in memory.memory_notes.detail(heat.id).sessions] == [SESSION]
    assert {note.scope for note in (heat, old, summary)} == {"kiln"}


def test_what_engram_deleted_is_not_shown(memory: Memory, tmp_path: Path) -> None:
    (heat,) = notes(memory, made(tmp_path / "engram.db", ENGRAM))
    assert (heat.title, heat.scope, heat.type) == ("Heat", "/r/kiln", "decision")
    stored = memory.internals.database.rows("SELECT text FROM memory_note_versions")
    assert stored == [("# Heat\n\nSlowly.",)]


def test_mem0s_log_of_changes_becomes_versions(memory: Memory, tmp_path: Path) -> None:
    (note,) = notes(memory, made(tmp_path / "history.db", MEM0))
    versions = memory.memory_notes.versions(note.id)
    assert [version.text for version in versions] == ["Fires", "Fires slowly"]
    assert versions[0].written_at == 1_777_906_800_000_000


def test_a_memory_that_is_deleted_later_is_marked_and_kept(memory: Memory, tmp_path: Path) -> None:
    path = made(tmp_path / "sqlite_vec.db", SERVICE)
    (note,) = notes(memory, path)
    assert text(memory, note) == "Fire slowly.\n\nTags: kiln, heat"
    made(path, "UPDATE memories SET deleted_at = 1777990000.0 WHERE id = 1")
    report = memory.import_paths([path])
    assert (report.notes_gone, report.notes_changed) == (1, 0)
    (gone,) = memory.memory_notes.find()
    assert gone.gone_at == 1_777_990_000_000_000
    made(path, "UPDATE memories SET content = 'Fire fast.', deleted_at = NULL WHERE id = 1")
    memory.import_paths([path])
    (back,) = memory.memory_notes.find()
    assert (back.gone_at, back.versions) == (None, 2)


def test_codexs_raw_memories_are_linked_to_their_threads(memory: Memory, tmp_path: Path) -> None:
    (note,) = notes(memory, made(tmp_path / "memories_1.sqlite", CODEX))
    assert text(memory, note) == "It fires.\n\n## Summary\n\nAll of it."
    assert [session.key for session in memory.memory_notes.detail(note.id).sessions] == ["t-1"]


def test_a_row_that_is_gone_from_its_table_is_marked(memory: Memory, tmp_path: Path) -> None:
    path = made(tmp_path / "claude-mem.db", CLAUDE_MEM)
    assert len(notes(memory, path)) == 3
    made(path, "DELETE FROM observations WHERE id = 2")
    assert memory.import_paths([path]).notes_gone == 1


def test_the_first_claude_mem_called_its_ids_otherwise(memory: Memory, tmp_path: Path) -> None:
    script = CLAUDE_MEM.replace("content_session_id", "claude_session_id")
    script = script.replace("memory_session_id", "sdk_session_id")
    first = notes(memory, made(tmp_path / "claude-mem.db", script))
    with open_memory(tmp_path / "b.hpm", create=True) as other:
        later = notes(other, made(tmp_path / "later.db", CLAUDE_MEM))
        assert len(first) == len(later) == 3
        assert [text(memory, note) for note in first] == [text(other, note) for note in later]
    keys = [{s.key for s in memory.memory_notes.detail(note.id).sessions} for note in first]
    assert keys == [{SESSION}] * 3


def test_a_database_without_a_note_is_set_aside_with_the_reason(
    memory: Memory, tmp_path: Path
) -> None:
    empty = CODEX[: CODEX.index("INSERT")]
    report = memory.import_paths([made(tmp_path / "memories_1.sqlite", empty)])
    (file,) = report.files
    assert (file.status, file.reason.endswith("it holds no note.")) == (FileStatus.ASIDE, True)
    assert not memory.memory_notes.find()
