from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_runs import json_lines, run, session


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
    [visibility] = json_lines(run("visibility", store, "--as-project", "one", "--json").stdout)
    figures = {"private": 1, "seen": 5, "unmatched": [], "episodes": 5, "private_prototypes": 0}
    figures["notes_seen"] = 0
    assert visibility == {"rules": ["project:one private"]} | figures
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


def test_rules_bind_notes_as_well(store: Path, tmp_path: Path) -> None:
    for project in ("one", "two"):
        file = tmp_path / "code" / project / "AGENTS.md"
        file.parent.mkdir(parents=True)
        file.write_text(f"The winter ferry of {project} is late.\n")
    run("import", store, tmp_path / "code")
    seen = run("visibility", store, "--as-project", "two")
    assert seen.stdout.endswith("sees 5 of 5 episodes and 1 of 2 notes of memories\n")
    run("visibility", store, "--add", "agent:codex sees project:one")
    both = ("--as-agent", "codex", "--as-project", "two")
    cue = ("recall", store, "winter ferry timetable", *both)
    [recall] = json_lines(run(*cue, "--json").stdout)
    # Without the rule it would be that of two; what is not by Codex is none of its own.
    assert [hit["note"]["scope"][-3:] for hit in recall["memory_notes"]] == ["one"]
    assert recall["context"]["noted_ids"] == [recall["memory_notes"][0]["note"]["id"]]
    text = run(*cue, "--context").stdout
    assert "noted by a person" in text and "> The winter ferry of one is late." in text
    assert "and 1 note of memories\n" in run(*cue).stdout
    run("visibility", store, "--add", "project:one private")
    assert "winter ferry of one" not in run(*cue, "--context").stdout


def test_a_rule_that_comes_late_says_so_and_how_to_unlearn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    for key in ("one", "two", "three"):
        said = [f"The ferry {key} forgets its winter, note {number}." for number in range(5)]
        text = session(key, *said).replace(b"code/ferry", f"code/{key}".encode())
        (tmp_path / f"{key}.jsonl").write_bytes(text)
    path = tmp_path / "a.hpm"
    for command in (("import", path, *tmp_path.glob("*.jsonl")), ("encode", path)):
        assert run(*command).exit_code == 0
    none = run("prototypes", path, "--private", "--forget")
    assert (none.exit_code, none.stdout) == (0, "")
    assert "No prototype holds memories of what is private" in none.stderr
    assert run("consolidate", path).exit_code == 0
    done = run("visibility", path, "--add", "project:one private").stdout
    rule, sentence = done.splitlines()
    [facts] = json_lines(run("visibility", path, "--json").stdout)
    held = facts["private_prototypes"]
    assert rule == "project:one private" and held > 0
    assert sentence.startswith(f"{held} prototype") and "a rule does not unlearn" in sentence
    listed = json_lines(run("prototypes", path, "--private", "--json").stdout)
    assert len(listed) == held and all(rule["members"] for rule in listed)
    assert f"hpm prototypes {path} --private --forget" in sentence
    assert run("prototypes", path, "--private", "--forget").exit_code == 0
    assert run("visibility", path).stdout == "project:one private\n"
    assert run("consolidate", path).exit_code == 0
    assert run("visibility", path).stdout == "project:one private\n"


@pytest.mark.parametrize("wrong", [("7", "--private"), ("--private", "--rename", "a")])
def test_private_stands_in_place_of_ids(store: Path, wrong: tuple[str, ...]) -> None:
    assert run("prototypes", store, *wrong).exit_code == 2
