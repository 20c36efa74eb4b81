from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.command_runs import json_lines, run
from tests.support.files.growing_session import GrowingSession

KEY = "00000000-1111-4222-8333-444444444444"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    growing = GrowingSession(tmp_path / f".claude/projects/-tides/{KEY}.jsonl", KEY)
    growing.prompt("when is the next tide", 1000)
    growing.write()
    time.sleep(0.06)  # a file changed a moment ago is read again: another change might not show
    return tmp_path


def test_what_was_found_is_chosen_and_kept_up_to_date(home: Path) -> None:
    store, folder = home / "a.hpm", home / ".claude/projects"
    assert run("sources", store, "add").exit_code == 0
    (source,) = json_lines(run("sources", store, "list", "--json").stdout)
    assert (source["path"], source["agent"]) == (str(folder), "Claude Code")
    first = run("sync", store)
    assert first.exit_code == 0
    assert f"Claude Code, {folder}: 1 episode added, 1 step" in first.stdout
    assert "nothing new" in run("sync", store).stdout
    assert "followed" in run("sources", store, "list").stdout
    assert "1 file" in run("sources", store).stderr  # the list of imported files


def test_a_failing_source_is_an_exit_code_and_a_line(home: Path) -> None:
    store, folder = home / "a.hpm", home / "mine"
    folder.mkdir()
    run("sources", store, "add", folder)
    folder.rmdir()
    result = run("sync", store)
    assert result.exit_code == 1
    assert f"{folder}: is not there now" in result.stderr
    listed = run("sources", store, "list").stdout
    assert "failed" in listed and "is not there now" in listed


def test_pausing_resuming_and_removing(home: Path) -> None:
    store, folder = home / "a.hpm", home / ".claude/projects"
    run("sources", store, "add", folder)
    assert "paused" in run("sources", store, "pause", folder).stdout
    assert "resume" in run("sync", store).stdout
    assert "followed" in run("sources", store, "resume", folder).stdout
    assert "No chosen sources" in run("sources", store, "remove", folder).stdout
    missing = run("sources", store, "remove", folder)
    assert (missing.exit_code, "is no chosen source" in missing.stderr) == (1, True)


@pytest.mark.parametrize(
    "words", [("pause",), ("list", "x"), ("add", "/nowhere/at/all"), ("list", "--aside")]
)
def test_words_that_do_not_fit_are_wrong_usage(home: Path, words: tuple[str, ...]) -> None:
    store = home / "a.hpm"
    run("sources", store, "add")
    assert run("sources", store, *words).exit_code == 2


def test_it_is_switched_off_and_on(home: Path) -> None:
    store = home / "a.hpm"
    run("sources", store, "add")
    assert "off" in run("sync", store, "--by-itself", "off").stdout
    assert "only hpm sync imports" in run("sources", store, "list").stdout
    run("sync", store, "--by-itself", "on")
    assert "by themselves" in run("sources", store, "list").stdout


def test_run_keeps_chosen_sources_up_to_date(home: Path) -> None:
    store = home / "a.hpm"
    run("sources", store, "add")
    result = run("run", store, "--once", "--schedule", "never", "--json")
    (line,) = json_lines(result.stdout)
    assert [source["episodes_added"] for source in line["synced"]["sources"]] == [1]
    assert run("run", store, "--once", "--schedule", "never", "--json").stdout == ""
