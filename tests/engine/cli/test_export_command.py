from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.support.command_runs import run, session


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("html", b"<!DOCTYPE html>"),
        ("markdown", b"# Find the ferry"),
        ("atif", b'{"schema_version"'),
        ("raw", session("one", "Find the ferry's timetable bug", "thanks")[:60]),
    ],
)
def test_an_episode_is_written_in_each_form(
    store: Path, tmp_path: Path, form: str, begins: bytes
) -> None:
    target = tmp_path / "out"
    written = run("export", store, "one", "--format", form, "-o", target)
    assert written.exit_code == 0 and "4 steps written to" in written.stdout
    assert written.stderr.startswith("The file holds ")
    assert target.read_bytes().startswith(begins)
    assert run("export", store, "one", "--format", form).stdout_bytes == target.read_bytes()


def test_notes_are_written_unless_they_are_left_out(store: Path, tmp_path: Path) -> None:
    run("note", store, "1", "remember the timetable")
    target = tmp_path / "out.html"
    told = run("export", store, "1", "--format", "html", "-o", target, "--json")
    assert "1 note of yours" in told.stderr and json.loads(told.stdout)["notes"] == 1
    assert "remember the timetable" in target.read_text()
    without = run("export", store, "1", "--format", "html", "--without", "notes", "-o", target)
    assert "no notes" in without.stderr and "remember" not in target.read_text()


def test_several_episodes_become_one_page(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "both.html"
    options = ("--format", "html", "--without", "thinking,results", "-o", target)
    written = run("export", store, "1", "2", *options)
    assert written.exit_code == 0 and "without thinking, results of tools" in written.stderr
    assert target.read_text().count("<article") == 2
    wrong = run("export", store, "1", "--format", "html", "--without", "everything")
    assert wrong.exit_code == 2 and "none of notes, thinking" in wrong.stderr
    assert run("export", store, "1", "--without", "notes", "-o", target).exit_code == 2


def test_several_episodes_become_an_archive(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "both.zip"
    written = run("export", store, "1", "2", "1", "--format", "markdown", "-o", target)
    assert written.exit_code == 0 and "2 episodes written to" in written.stdout
    with zipfile.ZipFile(target) as archive:
        assert len(archive.namelist()) == 2
    fields = json.loads(run("export", store, "1", "2", "-o", target, "--json").stdout)
    assert (fields["episodes"], fields["format"], fields["passed_over"]) == (2, "atif", [])
    assert run("export", store, "1", "2").exit_code == 2
    assert run("export", store, "1", "2", "-o", tmp_path / "both.json").exit_code == 2
