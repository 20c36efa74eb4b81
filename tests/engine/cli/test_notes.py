"""``hpm notes``: what agents noted, listed and shown, with every version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_runs import json_lines, run, session


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store, file = tmp_path / "a.hpm", tmp_path / "kiln" / "CLAUDE.md"
    file.parent.mkdir()
    for text in ("# Kiln\n\nFire slowly.\n", "# Kiln\n\nFire fast.\x1b[31m\n"):
        file.write_text(text)
        output = run("import", store, tmp_path / "kiln").output
    assert "0 notes of agents' memories added, 1 changed, 0 gone" in output
    return store


def test_notes_are_listed_shown_and_compared(store: Path) -> None:
    assert "instructions  person" in run("notes", store).output
    shown = run("notes", store, "1").output
    assert "written by: person" in shown
    assert "Fire fast." in shown
    assert "\x1b" not in shown
    assert "Fire slowly." in run("notes", store, "1", "--version", "1").output
    diff = run("notes", store, "1", "--diff", "1:2").output.splitlines()
    assert "-Fire slowly." in diff
    assert len(json_lines(run("notes", store, "1", "--versions", "--json").output)) == 2
    (note,) = json_lines(run("notes", store, "--find", "fast", "--json").output)
    assert (note["author"], note["versions"]) == ("person", 2)
    assert json_lines(run("notes", store, "1", "--json").output)[0]["text"].startswith("# Kiln")
    assert run("notes", store, "--author", "agent").output == "No notes.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--versions",), "Name the note"),
        (("1", "--find", "a"), "NOTE stands alone"),
        (("1", "--diff", "1-2"), "form A:B"),
        (("1", "--diff", "1:9"), "no version 9"),
        (("7",), "no memory note 7"),
        (("1", "--versions", "--version", "1"), "Choose one"),
    ],
)
def test_what_cannot_be_shown_is_said(
    store: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = run("notes", store, *arguments)
    assert result.exit_code
    assert message in result.output


def test_notes_are_written_as_a_folder_that_can_be_imported(store: Path, tmp_path: Path) -> None:
    memory = tmp_path / "h" / "projects" / "-r-kiln" / "memory"
    memory.mkdir(parents=True)
    front = "---\nname: heat\ndescription: d\ntype: project\n---\n"
    (memory / "heat.md").write_text(front + "# Heat\n\nSee [it] at 900 °C.\n")
    run("import", store, tmp_path / "h")
    folder = tmp_path / "okf"
    assert run("notes", store, "--okf", folder).output == f"2 notes written to {folder}.\n"
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.md"))
    assert names == [
        "claude-code-memory/heat-2.md",
        "claude-code-memory/index.md",
        "index.md",
        "instructions/CLAUDE-1.md",
        "instructions/index.md",
        "log.md",
    ]
    heat = (folder / "claude-code-memory" / "heat-2.md").read_text()
    assert heat.endswith("\n---\n\n# Heat\n\nSee [it] at 900 °C.\n")
    assert "front_matter: |\n  name: heat\n" in heat
    again = run("import", tmp_path / "b.hpm", folder).output
    assert "6 notes of agents' memories added" in again
    listed = json_lines(run("notes", tmp_path / "b.hpm", "--json").output)
    assert {note["store"] for note in listed} == {"okf"}
    (row,) = [
        row for row in json_lines(run("audit", store, "--json").output) if row["action"] == "export"
    ]
    assert (row["subject"], len(row["after"])) == ("memory-notes", 64)
    refused = run("notes", store, "--okf", folder)
    assert refused.exit_code
    assert "already" in refused.output


def test_a_search_of_episodes_says_how_many_notes_hold_its_words(store: Path) -> None:
    result = run("episodes", store, "fire fast")
    told = "1 note holds these words: hpm notes"
    assert told in result.stderr
    assert result.stdout.startswith("id")
    command = result.stderr.partition(told)[2].split("\n")[0]
    assert command == f" {store} --find='fire \"fast\"'"
    (listed,) = json_lines(run("notes", store, '--find=fire "fast"', "--json").stdout)
    assert listed["id"] == 1
    assert "note" not in run("episodes", store, "fire tool:bash").stderr
    assert "note" not in run("episodes", store, "fast", "--tag", "x").stderr
    assert "note" not in run("episodes", store, "slowly").stderr  # an earlier version had it
    assert told in run("episodes", store, "fire fast", "--json").stderr  # no line has it
    refused = run("notes", store, "--find", "fire tool:bash")
    assert refused.exit_code == 2
    assert "At position 6: notes have no tool:" in refused.output


def test_each_line_of_json_says_what_notes_hold(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "s" / "a.jsonl"
    file.parent.mkdir()
    file.write_bytes(session("11111111-2222-4333-8444-555555555555", "Fire it fast"))
    run("import", store, file)
    result = run("episodes", store, "fast", "--json")
    (episode,) = json_lines(result.stdout)
    expected = {"search": '"fast"', "notes": 1, "at_least": False, "words": 1}
    assert episode["memory_notes"] == expected
    assert result.stderr == ""
    (episode,) = json_lines(run("episodes", store, "has:error or fast", "--json").stdout)
    assert episode["memory_notes"] is None


def test_recall_tells_what_notes_say_of_a_cue_to_a_person_alone(store: Path) -> None:
    shown = run("recall", store, "how to fire the kiln").output
    assert "note 1, by a person, Kiln: Fire fast." in shown
    (answer,) = json_lines(run("recall", store, "fire the kiln", "--json").stdout)
    assert [hit["note"]["id"] for hit in answer["memory_notes"]] == [1]
    asked = run("recall", store, "fire the kiln", "--as-agent", "claude-code", "--json")
    assert json_lines(asked.stdout)[0]["memory_notes"] == []
