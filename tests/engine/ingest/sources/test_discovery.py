from __future__ import annotations

from pathlib import Path

from hpm_engine.ingest.sources.discovery import discover


def session(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)


def test_sessions_of_known_agents_are_counted_under_the_home(tmp_path: Path) -> None:
    session(tmp_path / ".claude/projects/-repo/a.jsonl", 10)
    session(tmp_path / ".claude/projects/-repo/a/subagents/agent-1.jsonl", 5)
    session(tmp_path / ".claude/projects/-repo/notes.txt", 99)
    session(tmp_path / ".codex/sessions/2026/01/02/rollout-x.jsonl", 7)
    session(tmp_path / ".codex/archived_sessions/rollout-y.jsonl", 3)
    session(tmp_path / ".gemini/tmp/0f/chats/session-2025-12-01T21-45-5b.json", 2)
    session(tmp_path / ".gemini/tmp/0f/chats/session-2026-02-01T21-45-6c.jsonl", 4)
    session(tmp_path / ".gemini/tmp/0f/logs.json", 99)
    folders = discover(tmp_path, {})
    assert [(folder.agent, folder.sessions, folder.size) for folder in folders] == [
        ("Claude Code", 2, 15),
        ("Codex", 1, 7),
        ("Codex", 1, 3),
        ("Gemini CLI", 2, 6),
    ]
    assert folders[0].path == str(tmp_path / ".claude/projects")


def test_folders_named_by_the_environment_come_first(tmp_path: Path) -> None:
    session(tmp_path / "elsewhere/projects/p/a.jsonl", 4)
    session(tmp_path / ".claude/projects/p/b.jsonl", 4)
    (folder,) = discover(tmp_path, {"CLAUDE_CONFIG_DIR": str(tmp_path / "elsewhere")})
    assert folder.path == str(tmp_path / "elsewhere" / "projects")


def test_a_computer_without_agents_has_nothing_to_find(tmp_path: Path) -> None:
    assert discover(tmp_path, {}) == ()
