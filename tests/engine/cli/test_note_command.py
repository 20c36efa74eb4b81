from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_runs import ESCAPES, json_lines, run


def test_a_note_is_written_listed_shown_changed_and_deleted(store: Path) -> None:
    assert "No notes" in run("note", store, "1").stderr
    assert run("note", store, "1", "ask", "Ines").stdout == "Done.\n"
    assert run("note", store, "1", "--step", "2", f"wrong here {ESCAPES}").exit_code == 0
    listed = run("note", store, "1").stdout
    assert "note 1 by hpm note, " in listed and "    ask Ines" in listed
    assert "note 2 on step 2" in listed and "\x1b" not in listed
    [second] = json_lines(run("note", store, "1", "--step", "2", "--json").stdout)
    assert (second["seq"], second["id"]) == (1, 2)
    shown = run("show", store, "1").stdout
    assert shown.index("ask Ines") < shown.index("#1 ") < shown.index("#2 ") < shown.index("wrong")
    assert "wrong here" not in run("show", store, "1", "--steps", "1").stdout
    head = json_lines(run("show", store, "1", "--json").stdout)[0]
    assert [note["text"][:8] for note in head["written_notes"]] == ["ask Ines", "wrong he"]
    assert run("note", store, "1", "--change", "1", "ask Ana").exit_code == 0
    assert "ask Ana" in run("note", store, "1").stdout
    assert json.loads(run("note", store, "1", "--delete", "1", "--json").stdout)["changed"]
    assert "ask Ana" not in run("note", store, "1").stdout
    assert "wrong here" in run("note", store, "1").stdout
    assert "timetable" in run("episodes", store, "note:wrong").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("1", "--step", "99", "x"), 1, "has no step 99"),
        (("1", "--step", "0", "x"), 2, "0"),
        (("99", "x"), 1, "no episode 99"),
        (("1", "--change", "1"), 2, "--change needs TEXT"),
        (("1", "--delete", "1", "x"), 2, "--delete takes none"),
        (("1", "--change", "1", "--delete", "1", "x"), 2, "Choose one"),
        (("1", "--step", "1", "--delete", "1"), 2, "stays on its step"),
        (("2", "--change", "1", "x"), 1, "Episode 2 has no note 1"),
        (("1", "--delete", "7"), 1, "there is no note 7"),
        (("1", " "), 2, "1 to 10,000 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    store: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    run("note", store, "1", "there")
    refused = run("note", store, *arguments)
    assert refused.exit_code == code and words in refused.output
    [note] = json_lines(run("note", store, "1", "--json").stdout)
    assert note["text"] == "there"
