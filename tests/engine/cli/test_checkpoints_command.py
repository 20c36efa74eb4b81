from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import open_memory
from tests.support.command_runs import ESCAPES, json_lines, run, run_process


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True) as memory:
        memory.checkpoints.save("nightly", b'{"left": 3}', label="begun", text="ferry times")
        memory.checkpoints.save("nightly", b'{"left": 2}', label=ESCAPES)
    return path


def test_threads_checkpoints_and_one_of_them_are_listed(store: Path) -> None:
    assert "nightly" in run("checkpoints", store).stdout
    listed = run("checkpoints", store, "list", "nightly").stdout
    assert "begun" in listed and "\x1b" not in listed
    shown = run("checkpoints", store, "show", "1").stdout
    assert "thread: nightly, number 1" in shown and "11 bytes" in shown
    (thread,) = json_lines(run("checkpoints", store, "--json").stdout)
    assert (thread["name"], thread["checkpoints"], thread["latest_id"]) == ("nightly", 2, 2)
    both = json_lines(run("checkpoints", store, "list", "nightly", "--json").stdout)
    assert [each["id"] for each in both] == [2, 1]
    assert "begun" in run("checkpoints", store, "list", "--find", "ferry").stdout
    assert run("checkpoints", store, "list", "other").stdout == "No checkpoints.\n"


def test_a_file_is_saved_and_written_back(store: Path, tmp_path: Path) -> None:
    state, back = tmp_path / "state", tmp_path / "back"
    state.write_bytes(bytes(range(256)) * 500)
    saved = run("checkpoints", store, "save", "t", state, "--label", "x", "--expect", "0", "--json")
    key = json.loads(saved.stdout)["id"]
    refused = run("checkpoints", store, "save", "t", state, "--expect", "0")
    assert (refused.exit_code, f"is {key}, not none" in refused.stderr) == (1, True)
    assert run("checkpoints", store, "write", str(key), "-o", back).exit_code == 0
    assert back.read_bytes() == state.read_bytes()
    assert run_process("checkpoints", store, "write", str(key)).stdout == state.read_bytes()
    onto_itself = run("checkpoints", store, "write", str(key), "-o", store)
    assert (onto_itself.exit_code, "is the store itself" in onto_itself.stderr) == (1, True)
    missing = run("checkpoints", store, "save", "t", tmp_path / "none")
    assert (missing.exit_code, "none: cannot be read" in missing.stderr) == (2, True)


def test_comparing_forking_pinning_and_forgetting(store: Path) -> None:
    assert "~ /left 3 -> 2" in run("checkpoints", store, "compare", "1", "2").stdout
    assert "the same bytes" in run("checkpoints", store, "compare", "1", "1").stdout
    forked = json.loads(run("checkpoints", store, "fork", "1", "other", "--json").stdout)
    assert (forked["id"], forked["parent_id"], forked["thread"]) == (3, 1, "other")
    assert "pinned: yes" in run("checkpoints", store, "pin", "1").stdout
    assert "0 checkpoints" in run("checkpoints", store, "keep", "--last", "1").stdout
    run("checkpoints", store, "unpin", "1")
    kept = json.loads(run("checkpoints", store, "keep", "nightly", "--last", "1", "--json").stdout)
    assert kept["forgotten"] == 1
    assert run("checkpoints", store, "forget", "2", "77").exit_code == 1
    assert json_lines(run("checkpoints", store, "list", "nightly", "--json").stdout)
    assert "1 checkpoint forgotten" in run("checkpoints", store, "forget", "2").stdout
    assert (
        "1 checkpoint forgotten" in run("checkpoints", store, "forget", "--thread", "other").stdout
    )
    assert run("checkpoints", store).stdout == "No checkpoints.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["frob"],
        ["show"],
        ["show", "x"],
        ["show", "1", "2"],
        ["show", "1", "--last", "2"],
        ["forget"],
        ["forget", "1", "--thread", "t"],
        ["compare", "1"],
        ["save", "t"],
        ["write", "1", "--json"],
        ["keep"],
    ],
)
def test_wrong_words_are_told_and_change_nothing(store: Path, words: list[str]) -> None:
    assert run("checkpoints", store, *words).exit_code == 2
    assert len(json_lines(run("checkpoints", store, "list", "nightly", "--json").stdout)) == 2
