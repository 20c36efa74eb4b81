"""``hpm connect`` and ``hpm disconnect``, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpm_engine import hook_runs, open_memory
from hpm_engine.cli.root import hpm


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", str(tmp_path))  # without any agent
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    open_memory(tmp_path / "my.hpm", create=True).close()
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(hpm, list(map(str, words)))
    return result.exit_code, result.stdout, result.stderr


def test_it_connects_shows_and_takes_back(home: Path, tmp_path: Path) -> None:
    store, settings = tmp_path / "my.hpm", home / ".claude" / "settings.json"
    code, shown, _ = run("connect", "claude-code", store, "--home", home, "--dry-run")
    assert code == 0 and "+" in shown and "UserPromptSubmit" in shown
    assert "claude mcp add --scope user hpm --" in shown and not settings.exists()
    code, said, _ = run("connect", "claude-code", store, "--home", home)
    assert code == 0 and f"Changed {settings}" in said
    assert "Register the server: claude mcp add" in said
    code, said, _ = run("connect", "claude-code", store, "--home", home, "--json")
    assert json.loads(said)["changed"] == []
    code, said, _ = run("disconnect", "claude-code", "--home", home)
    assert code == 0 and f"Changed {settings}" in said and not settings.exists()
    code, said, told = run("disconnect", "claude-code", "--home", home)
    assert (code, said) == (0, "") and "No settings file held anything of ours" in told


def test_one_project_alone(home: Path, tmp_path: Path) -> None:
    project = tmp_path / "orchard"
    project.mkdir()
    store = tmp_path / "my.hpm"
    code, _, _ = run("connect", "gemini", store, "--home", home, "--project", project, "--no-mcp")
    settings = json.loads((project / ".gemini" / "settings.json").read_text(encoding="utf-8"))
    assert code == 0 and list(settings) == ["hooks"] and not (home / ".gemini").exists()
    code, _, told = run("connect", "codex", store, "--home", home, "--project", project)
    assert code == 1 and "keeps no such settings for one project" in told
    assert run("disconnect", "gemini", "--home", home, "--project", project)[0] == 0
    assert not (project / ".gemini" / "settings.json").exists()


def test_the_check_runs_each_hook(home: Path, tmp_path: Path) -> None:
    assert run("connect", "codex", "--home", home, "--check")[0] == 1
    run("connect", "codex", tmp_path / "my.hpm", "--home", home)
    code, said, _ = run("connect", "codex", "--home", home, "--check", "--json")
    checks = {
        (line["name"], line["ok"]): line["text"] for line in map(json.loads, said.splitlines())
    }
    for event in ("SessionStart", "UserPromptSubmit", "Stop"):
        assert "the hook answers in" in checks[event, True]
    assert "/hooks" in checks["trust", None]
    assert checks["server", True].startswith("the server lists recall, read_steps, find")
    with open_memory(tmp_path / "my.hpm", read_only=True) as memory:
        assert memory.recall.past_count() == 0
    assert hook_runs() == []
    (tmp_path / "my.hpm").unlink()
    code, said, _ = run("connect", "codex", "--home", home, "--check")
    assert code == 1 and "is not there" in said
    assert said.count("the hook failed: StoreMissing") == 3


@pytest.mark.parametrize(
    "words",
    [
        ("connect", "claude-code"),
        ("connect", "claude-code", "STORE", "--no-hooks", "--no-mcp"),
        ("connect", "claude-code", "STORE", "--check"),
        ("connect", "clippy", "STORE"),
    ],
)
def test_wrong_use_is_said(home: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    store = str(tmp_path / "my.hpm")
    assert run(*(store if word == "STORE" else word for word in words))[0] == 2


def test_no_settings_are_made_for_a_store_that_is_not_there(home: Path, tmp_path: Path) -> None:
    assert run("connect", "codex", tmp_path / "none.hpm", "--home", home)[0] == 2
    assert not (home / ".codex").exists()
