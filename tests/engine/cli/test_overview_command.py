from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_runs import json_lines, run


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CONFIG_DIR", str(tmp_path / "config"))


@pytest.mark.parametrize("by", ["day", "model", "project", "agent"])
def test_each_table_has_the_sums_of_all_episodes(store: Path, by: str) -> None:
    result = run("overview", store, "--by", by)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split()[0] == by
    assert "2 episodes" in result.stderr


def test_all_sums_are_one_object_as_json(store: Path) -> None:
    (line,) = json_lines(run("overview", store, "--json").stdout)
    assert line["activity"]["total"]["episodes"] == 2
    assert set(line) == {"activity", "tools", "given"}


def test_days_long_after_the_last_episode_are_empty(store: Path) -> None:
    (line,) = json_lines(run("overview", store, "--json", "--project", "nowhere").stdout)
    assert line["activity"]["total"]["episodes"] == 0


def test_the_top_episodes_are_listed(store: Path) -> None:
    lines = run("overview", store, "--top", "steps").stdout.splitlines()
    assert lines[0].split()[0] == "id" and len(lines) == 3


def test_bad_own_prices_are_said(store: Path, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "prices.json").write_text(json.dumps({"models": {"m": {}}}))
    result = run("overview", store)
    assert result.exit_code == 0 and "prices.json was not used" in result.stderr
