"""``hpm notes``: what agents noted, listed and shown, with every version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_runs import json_lines, run


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
