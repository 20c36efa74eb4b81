"""Tables and messages on terminals of any width."""

from __future__ import annotations

import io
import logging
import os
import sys
from pathlib import Path

import pytest

from hpm_engine import Progress
from hpm_engine.cli.console import progress
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of
from hpm_engine.cli.console.terminal import width
from hpm_engine.system.log.program_log import log_to_file
from tests.support.command_runs import run

HEADS = ("id", "started", "project", "agent", "outcome", "steps", "errors", "task")
ROWS = [
    (1, "2026-03-02 10:00", "tidewater", "claude-code", "unknown", 12_345, 2, "Find the bug " * 9),
    (4_711, "2026-03-02 10:00", "a" * 70, "codex", "failure", 4, 0, "会议" * 30),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", [1, 12, 20, 30, 45, 60, 75, 80, 100, 400])
@pytest.mark.parametrize("widest", ["task", "project", ""])
def test_no_row_is_wider_than_the_terminal(
    columns: int, widest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = lines_of(HEADS, ROWS, widest=widest)
    assert len(lines) == 3
    if columns >= 12:
        assert max(map(width, lines)) <= columns
        assert lines[0].split()[0] == "id" and (widest or "task")[:3] in lines[0]
    if columns >= 100:
        assert lines[0].split() == list(HEADS)
        assert "12,345" in lines[1] and "tidewater" in lines[1]


def test_a_table_that_is_no_terminals_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("COLUMNS", "30")
    assert "a" * 70 in lines_of(HEADS, ROWS, widest="task")[2]


def test_a_warning_stands_on_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with log_to_file("hpm", terminal=progress.Messages()), working():
        progress._draw(Progress(1, 2, "reading", "files"))
        logging.getLogger("hpm_engine.store").warning("a\x1b[31m word")
    lines = screen.getvalue().split("\n")
    assert lines[0].endswith("\r\x1b[Ka word") and lines[-1] == "\r\x1b[K"


@pytest.mark.skipif(os.name != "posix", reason="needs permissions")
def test_an_export_of_what_cannot_be_written_says_what_to_do(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.store.file.file_place.is_writable", lambda path: False)
    result = run("export", store, "1", "-o", store.with_name("out.json"))
    assert result.exit_code == 2
    assert "Copy the store" in result.output and "hpm raw" in result.output
