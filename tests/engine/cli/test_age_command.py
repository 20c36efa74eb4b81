from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hpm_engine.evaluation.generated_traces import TraceMaker
from tests.support.command_runs import json_lines, run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    maker = TraceMaker(5)
    for number in range(4):
        lines = b"".join(maker.session(number, 30, 120))
        (tmp_path / f"{number}.jsonl").write_bytes(lines)
    path = tmp_path / "a.hpm"
    assert run("import", path, *sorted(tmp_path.glob("*.jsonl"))).exit_code == 0
    assert run("age", path, "--newest", "0").exit_code == 0
    return path


def ids(store: Path) -> list[int]:
    return [episode["id"] for episode in json_lines(run("episodes", store, "--json").stdout)]


def test_a_preview_moves_nothing_and_a_run_what_it_said(store: Path) -> None:
    [seen] = json_lines(run("age", store, "--preview", "--json").stdout)
    assert (seen["compress"], seen["eviction"]["episodes"]) == (4, 0)
    assert seen == json_lines(run("age", store, "--preview", "--json").stdout)[0]
    [done] = json_lines(run("age", store, "--json").stdout)
    assert (done["compressed"]["compressed"], done["evicted"]["episodes"]) == (4, 0)
    assert "0 episodes compressed" in run("age", store).stdout


def test_each_command_is_named_in_the_log_as_itself(store: Path) -> None:
    run("age", store, "--newest", "1")
    run("age", store)
    run("compress", store)
    actors = {
        (row["action"], row["actor"]) for row in json_lines(run("audit", store, "--json").stdout)
    }
    assert {("set", "hpm age"), ("compress", "hpm age"), ("compress", "hpm compress")} <= actors
    assert not [actor for _, actor in actors if actor == "person"]


def test_ageing_by_itself_needs_a_yes(store: Path) -> None:
    assert "only when asked, as nobody agreed" in run("age", store, "--preview").stdout
    run("run", store, "--schedule", "idle 5", "--next")
    assert "by the schedule too" in run("age", store, "--preview").stdout
    run("age", store, "--automatic", "off")
    assert "; only when asked\n" in run("age", store, "--preview").stdout


def test_eviction_is_set_previewed_and_done(store: Path) -> None:
    run("age", store)
    [tried] = json_lines(run("age", store, "--originals", "evicted", "--preview", "--json").stdout)
    assert tried["eviction"]["episodes"] == 4
    [seen] = json_lines(run("age", store, "--preview", "--json").stdout)
    assert seen["eviction"]["episodes"] == 0, "a preview keeps no setting"
    output = run("age", store, "--originals", "evicted").stdout
    assert (
        "Would be deleted permanently: the whole text of 4 episodes" in output
        and "cannot be undone" in output
    )
    first = ids(store)[0]
    assert run("raw", store, str(first), "--json").exit_code == 0, "nothing went yet"
    assert "4 episodes evicted" in run("age", store).stdout
    gone = run("raw", store, str(first), "--json")
    assert (gone.exit_code, "were deleted" in gone.stderr) == (1, True)
    shown = run("show", store, str(first)).stdout
    assert "evicted" in shown and "[abridged" in shown.replace(", abridged", "[abridged")
    assert run("audit", store, "--verify").exit_code == 0
    refused = run("compress", store, "--restore", "--episode", str(first))
    assert (refused.exit_code, "cannot be restored" in refused.stderr) == (1, True)
    assert run("doctor", store, "--check").exit_code == 0


def test_days_projects_and_budgets_are_set_and_taken_back(store: Path) -> None:
    name = json_lines(run("episodes", store, "--json").stdout)[0]["project"]
    run("age", store, "--originals", "30d", "--project", f"{name}=deep:20", "--budget", "deep")
    [seen] = json_lines(run("age", store, "--preview", "--json").stdout)
    settings = seen["settings"]
    assert (settings["originals"], settings["days"]) == ("days", 30)
    assert settings["projects"] == {name: {"kind": "deep", "ratio": 20.0}}
    assert settings["budget"] == {"kind": "deep", "ratio": 12.0}
    run("age", store, "--project", f"{name}=", "--automatic", "off")
    [seen] = json_lines(run("age", store, "--preview", "--json").stdout)
    assert (seen["settings"]["projects"], seen["settings"]["automatic"]) == ({}, False)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--originals", "burnt"),
        ("--originals", "99999d"),
        ("--budget", "tiny"),
        ("--budget", "deep:0.5"),
        ("--project", "deep"),
    ],
)
def test_what_makes_no_sense_is_refused(store: Path, wrong: tuple[str, str]) -> None:
    before = run("age", store, "--preview").stdout
    assert run("age", store, *wrong).exit_code == 2
    assert run("age", store, "--preview").stdout == before


def test_it_is_a_plain_database_still(store: Path) -> None:
    run("age", store, "--originals", "evicted")
    run("age", store)
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
