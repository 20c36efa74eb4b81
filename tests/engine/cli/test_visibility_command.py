from __future__ import annotations

from pathlib import Path

import pytest
from command_runs import json_lines, run, session


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for key in ("one", "two", "three", "four", "five"):
        said = "The ferry timetable forgets the winter." if key in ("one", "two") else "Bees hum."
        text = session(key, said).replace(b"code/ferry", f"code/{key}".encode())
        (tmp_path / f"{key}.jsonl").write_bytes(text)
    path = tmp_path / "a.hpm"
    assert run("import", path, *tmp_path.glob("*.jsonl")).exit_code == 0
    return path


def test_rules_are_added_listed_and_removed(store: Path) -> None:
    assert run("visibility", store).stdout == "Everybody sees everything.\n"
    done = run("visibility", store, "--add", "project:one private", "--as-project", "two")
    assert done.stdout == "project:one private\nsees 4 of 5 episodes\n"
    [told] = json_lines(run("visibility", store, "--as-project", "one", "--json").stdout)
    assert told == {"rules": ["project:one private"], "private": 1, "seen": 5, "episodes": 5}
    gone = run("visibility", store, "--remove", "project:one private")
    assert gone.stdout == "Everybody sees everything.\n"


def test_a_wrong_rule_changes_nothing(store: Path) -> None:
    wrong = run("visibility", store, "--add", "project:one hidden")
    assert (wrong.exit_code, "hidden" in wrong.stderr) == (2, True)
    assert run("visibility", store).stdout == "Everybody sees everything.\n"


def test_recall_asks_as_somebody(store: Path) -> None:
    run("visibility", store, "--add", "project:one private")
    [person] = json_lines(run("recall", store, "winter ferry timetable", "--json").stdout)
    assert len(person["hits"]) == 2
    asked = run("recall", store, "winter ferry timetable", "--as-project", "two", "--json")
    [other] = json_lines(asked.stdout)
    assert [hit["episode"]["project"] for hit in other["hits"]] == ["two"]
    assert "/one" not in other["context"]["text"]
