from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hpm_engine.ingest.discovery.agents import AGENTS
from hpm_engine.ingest.discovery.discovery import discover
from hpm_engine.ingest.discovery.place import EVERYWHERE, LINUX, MACOS, WINDOWS, resolved


def session(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)


def seen(
    home: Path, platform: str = LINUX, environ: Mapping[str, str] | None = None
) -> list[tuple[str, int | None, int]]:
    return [
        (folder.agent, folder.sessions, folder.size)
        for folder in discover(home, environ or {}, platform)
    ]


def test_sessions_of_known_agents_are_counted_under_the_home(tmp_path: Path) -> None:
    session(tmp_path / ".claude/projects/-repo/a.jsonl", 10)
    session(tmp_path / ".claude/projects/-repo/a/subagents/agent-1.jsonl", 5)
    session(tmp_path / ".claude/projects/-repo/notes.txt", 99)
    session(tmp_path / ".codex/sessions/2026/01/02/rollout-x.jsonl", 7)
    session(tmp_path / ".codex/archived_sessions/rollout-y.jsonl", 3)
    session(tmp_path / ".gemini/tmp/0f/chats/session-2025-12-01T21-45-5b.json", 2)
    session(tmp_path / ".gemini/tmp/0f/chats/session-2026-02-01T21-45-6c.jsonl", 4)
    session(tmp_path / ".gemini/tmp/0f/logs.json", 99)
    assert seen(tmp_path) == [
        ("Claude Code", 2, 15),
        ("Codex", 1, 7),
        ("Codex", 1, 3),
        ("Gemini CLI", 2, 6),
    ]
    assert discover(tmp_path, {}, LINUX)[0].path == str(tmp_path / ".claude/projects")


def test_folders_named_by_the_environment_come_first(tmp_path: Path) -> None:
    session(tmp_path / "elsewhere/projects/p/a.jsonl", 4)
    session(tmp_path / ".claude/projects/p/b.jsonl", 4)
    (folder,) = discover(tmp_path, {"CLAUDE_CONFIG_DIR": str(tmp_path / "elsewhere")}, LINUX)
    assert folder.path == str(tmp_path / "elsewhere" / "projects")


@pytest.mark.parametrize("platform", EVERYWHERE)
def test_a_computer_without_agents_has_nothing_to_find(tmp_path: Path, platform: str) -> None:
    assert discover(tmp_path, {}, platform) == ()


@pytest.mark.parametrize(
    ("platform", "folder", "environ"),
    [
        (LINUX, ".config", {}),
        (LINUX, "xdg", {"XDG_CONFIG_HOME": "{home}/xdg"}),
        (MACOS, "Library/Application Support", {}),
        (WINDOWS, "AppData/Roaming", {}),
        (WINDOWS, "D/Roaming", {"APPDATA": "{home}/D/Roaming"}),
    ],
)
def test_editors_are_looked_for_where_each_system_keeps_them(
    tmp_path: Path, platform: str, folder: str, environ: dict[str, str]
) -> None:
    users = [tmp_path / folder / editor / "User" for editor in ("Code", "VSCodium")]
    for user in users:
        task = user / "globalStorage/saoudrizwan.claude-dev/tasks/1735"
        session(task / "api_conversation_history.json", 3)
        session(task / "ui_messages.json", 2)
    session(users[0] / "workspaceStorage/9f/chatSessions/1.json", 8)
    session(users[0] / "workspaceStorage/9f/state.vscdb", 99)
    environ = {name: value.format(home=tmp_path) for name, value in environ.items()}
    assert seen(tmp_path, platform, environ) == [
        ("Cline", 1, 5),
        ("Cline", 1, 5),
        ("VS Code Copilot Chat", 1, 8),
    ]


def test_what_a_database_holds_is_not_known_and_its_log_counts(tmp_path: Path) -> None:
    session(tmp_path / ".local/share/opencode/opencode.db", 10)
    session(tmp_path / ".local/share/opencode/opencode.db-wal", 7)
    session(tmp_path / ".local/share/opencode/opencode.db-shm", 99)
    assert seen(tmp_path) == [("opencode", None, 17)]
    assert seen(tmp_path, MACOS) == [("opencode", None, 17)]
    assert seen(tmp_path, LINUX, {"XDG_DATA_HOME": str(tmp_path / "other")}) == []


def test_two_kinds_of_one_agent_in_a_folder_are_listed_once(tmp_path: Path) -> None:
    session(tmp_path / ".vibe/logs/session/session_1_ab/messages.jsonl", 4)
    session(tmp_path / ".vibe/logs/session/session_1_ab/meta.json", 1)
    session(tmp_path / ".vibe/logs/session/session_0_aa.json", 3)
    assert seen(tmp_path) == [("Vibe", 2, 8)]


def test_names_that_are_no_sessions_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / ".openclaw/agents/main/sessions"
    for name in ("a.jsonl", "a.checkpoint.2.jsonl", "sessions.json", "b.jsonl.deleted.17"):
        session(folder / name, 1)
    assert seen(tmp_path) == [("OpenClaw", 1, 1)]


def test_histories_in_projects_are_found_three_folders_deep(tmp_path: Path) -> None:
    for folder in ("a", "code/team/b", "code/team/deeper/c", ".hidden/d", "node_modules/e"):
        session(tmp_path / folder / ".aider.chat.history.md", 5)
    paths = [folder.path for folder in discover(tmp_path, {}, LINUX)]
    assert paths == [
        str(tmp_path / folder / ".aider.chat.history.md") for folder in ("a", "code/team/b")
    ]
    moved = str(tmp_path / ".hidden/d/.aider.chat.history.md")
    environ = {"AIDER_CHAT_HISTORY_FILE": moved}
    assert [folder.path for folder in discover(tmp_path, environ, LINUX)] == [moved]


@pytest.mark.parametrize(
    "text", ['{"projects": [{"path": "%s"}]}', '{"x": {"path": "%s"}}', '["%s"]']
)
def test_projects_that_crush_lists_are_found_wherever_they_are(tmp_path: Path, text: str) -> None:
    home, far = tmp_path / "home", tmp_path / "far/away"
    session(far / ".crush/crush.db", 6)
    index = home / ".local/share/crush/projects.json"
    index.parent.mkdir(parents=True)
    index.write_text(text % far)
    assert seen(home) == [("Crush", None, 6)]


@pytest.mark.parametrize("text", ["", "{", "null", '[{"path": 7}]', '["relative"]', "[" * 5000])
def test_a_damaged_list_of_projects_has_none(tmp_path: Path, text: str) -> None:
    index = tmp_path / ".local/share/crush/projects.json"
    index.parent.mkdir(parents=True)
    index.write_text(text)
    assert seen(tmp_path) == []


def test_macos_does_not_ask_for_the_persons_documents(tmp_path: Path) -> None:
    session(tmp_path / "Documents/p/.aider.chat.history.md", 5)
    assert seen(tmp_path, MACOS) == []
    assert seen(tmp_path, LINUX) == [("Aider", None, 5)]


def test_notes_of_agents_are_no_sessions(tmp_path: Path) -> None:
    session(tmp_path / ".claude/projects/-repo/memory/MEMORY.md", 4)
    (folder,) = discover(tmp_path, {}, LINUX)
    assert (folder.agent, folder.notes, folder.files) == ("Claude Code memory", True, 1)


def test_what_a_variable_holds_is_taken_as_it_stands() -> None:
    environ = {"A": "/x/${A}", "B": "~/y"}
    home = Path("/home/ada")
    assert resolved("${A:-~/.a}/s", home, environ, LINUX) == Path("/x/${A}/s")
    assert resolved("${C:-${B:-~/.b}/data}/s", home, environ, LINUX) == home / "y/data/s"


def test_every_entry_has_a_name_of_its_own_and_places_on_a_known_system() -> None:
    assert len({agent.agent for agent in AGENTS}) == len(AGENTS)
    for agent in AGENTS:
        for place in agent.places:
            assert place.systems and set(place.systems) <= set(EVERYWHERE)
            for platform in place.systems:
                text = str(resolved(place.path, Path("/home/ada"), {}, platform))
                assert not set("${}~") & set(text), place.path


def test_what_cannot_be_listed_is_passed_over(tmp_path: Path) -> None:
    session(tmp_path / ".claude/projects/open/a.jsonl", 4)
    closed = tmp_path / ".claude/projects/closed"
    session(closed / "b.jsonl", 4)
    closed.chmod(0)
    try:
        assert seen(tmp_path)[0][0] == "Claude Code"
    finally:
        closed.chmod(0o700)
