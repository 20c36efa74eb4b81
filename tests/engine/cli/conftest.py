from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_runs import ESCAPES, run, session


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    """A folder with two sessions and a file that is no trace."""
    folder = tmp_path / "traces"
    folder.mkdir()
    (folder / "one.jsonl").write_bytes(session("one", "Find the ferry's timetable bug", "thanks"))
    (folder / "two.jsonl").write_bytes(session("two", f"Review {ESCAPES}"))
    (folder / "shopping.txt").write_text("milk, bread\n")
    return folder


@pytest.fixture
def store(tmp_path: Path, traces: Path) -> Path:
    """A store with those sessions."""
    path = tmp_path / "store.hpm"
    result = run("import", path, traces)
    assert result.exit_code == 0, result.output
    return path
