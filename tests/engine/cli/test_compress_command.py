from __future__ import annotations

import re
from pathlib import Path

import pytest

from hpm_engine.evaluation.generated_traces import TraceMaker
from tests.support.command_runs import json_lines, run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    lines = b"".join(TraceMaker(5).session(0, 60, 400))
    (tmp_path / "0.jsonl").write_bytes(lines)
    path = tmp_path / "a.hpm"
    assert run("import", path, tmp_path / "0.jsonl").exit_code == 0
    return path


def test_what_is_stored_is_shown_with_what_is_rebuilt_from_it(store: Path) -> None:
    assert run("compress", store, "--ratio", "2").exit_code == 0
    [kept] = json_lines(run("compress", store, "--episode", "1", "--show", "--json").stdout)
    rebuilt = kept["rebuilt"]
    assert kept["not_rebuilt"] is None
    assert kept["made_at"] is not None
    assert rebuilt["valued"] == kept["valued"]
    assert len(rebuilt["cosines"]) == len(rebuilt["nearest"]) == kept["steps"]
    assert rebuilt["found"] == [seq for seq, near in enumerate(rebuilt["nearest"]) if near == seq]
    points = [seq for seq in kept["decision_points"] if seq in rebuilt["found"]]
    assert rebuilt["found_decision_points"] == points
    lines = run("compress", store, "--episode", "1", "--show").stdout
    assert (
        f"rebuilt from the values of {len(kept['valued'])} steps: {len(rebuilt['found'])} of"
        f" {kept['steps']} steps found again, {len(points)} of"
    ) in lines
    own = sorted(set(rebuilt["found"]) - set(kept["valued"]))
    numbers = ", ".join(str(seq + 1) for seq in own)  # people count steps from 1
    assert (f"found without a value of their own: {numbers}\n" in lines) == bool(own)
    spans = [(str(span["seq"] + 1), span["kind"]) for span in kept["spans"]]
    assert re.findall(r"^step (\d+) (\w+), for", lines, re.MULTILINE) == spans


def test_a_preview_tells_the_same_of_the_same_budget_and_writes_nothing(store: Path) -> None:
    command = ("compress", store, "--episode", "1", "--json")
    [seen] = json_lines(run(*command, "--ratio", "2", "--preview").stdout)
    assert seen["made_at"] is None
    whole = run(*command, "--show")
    assert whole.exit_code == 1 and "is not compressed" in whole.stderr
    run("compress", store, "--ratio", "2")
    [stored] = json_lines(run(*command, "--show").stdout)
    assert stored["rebuilt"] == seen["rebuilt"]
    assert stored["stored_size"] == seen["stored_size"]


def test_where_nothing_is_rebuilt_it_says_why(store: Path) -> None:
    command = ("compress", store, "--episode", "1", "--preview", "--budget", "deep")
    [kept] = json_lines(run(*command, "--json").stdout)
    assert (kept["rebuilt"], kept["not_rebuilt"]) == (None, "no_values")
    assert "rebuilt: no values of steps are stored" in run(*command).stdout
    run("compress", store, "--ratio", "2")
    run("age", store, "--newest", "0", "--originals", "evicted")
    assert json_lines(run("age", store, "--json").stdout)[0]["evicted"]["episodes"] == 1
    [kept] = json_lines(run("compress", store, "--episode", "1", "--show", "--json").stdout)
    assert kept["valued"] and kept["not_rebuilt"] == "evicted"


@pytest.mark.parametrize("wrong", [("--show",), ("--show", "--preview", "--episode", "1")])
def test_one_episode_is_shown_in_one_way(store: Path, wrong: tuple[str, ...]) -> None:
    refused = run("compress", store, *wrong)
    assert refused.exit_code == 2
    assert "--preview or --show" in refused.stderr
