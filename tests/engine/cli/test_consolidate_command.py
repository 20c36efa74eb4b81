from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.command_runs import PROGRAM, json_lines, run, session

TEXTS = {
    "ferry": "The timetable forgets the winter ferry",
    "tide": "Tide tables are an hour off",
    "light": "The lighthouse blinks too fast",
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for key, said in TEXTS.items():
        lines = [f"{said}, note {number}." for number in range(5)]  # ten steps, two memories
        (tmp_path / f"{key}.jsonl").write_bytes(session(key, *lines))
    path = tmp_path / "a.hpm"
    assert run("import", path, *tmp_path.glob("*.jsonl")).exit_code == 0
    assert run("encode", path).exit_code == 0
    return path


def test_a_preview_then_a_cycle_then_its_undoing(store: Path) -> None:
    [preview] = json_lines(run("consolidate", store, "--preview", "--json").stdout)
    assert (preview["id"], preview["memories"], preview["left"]) == (None, 6, 0)
    assert run("consolidate", store, "--history").stdout == "No cycle yet.\n"
    [cycle] = json_lines(run("consolidate", store, "--json").stdout)
    assert (cycle["id"], cycle["born"]) == (1, preview["born"])
    prototypes = json_lines(run("prototypes", store, "--json").stdout)
    assert sum(prototype["count"] for prototype in prototypes) == pytest.approx(6)
    assert run("consolidate", store).stdout.startswith("No memory waits.")
    assert run("consolidate", store, "--undo").stdout == "Cycle 1 was undone.\n"
    assert run("prototypes", store).stdout == "No prototype yet.\n"
    [undone] = json_lines(run("consolidate", store, "--history", "--json").stdout)
    assert undone["undone_at"]
    again = run("consolidate", store, "--undo")
    assert (again.exit_code, "no cycle to undo" in again.stderr) == (1, True)


def test_a_store_without_vectors_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(session("a", "one", "two"))
    run("import", tmp_path / "a.hpm", tmp_path / "a.jsonl")
    done = run("consolidate", tmp_path / "a.hpm")
    assert (done.exit_code, "hpm encode" in done.stderr) == (1, True)


def test_options_that_exclude_each_other_are_refused(store: Path) -> None:
    assert run("consolidate", store, "--undo", "--preview").exit_code == 2


def test_a_schedule_is_kept_in_the_store_and_told(store: Path) -> None:
    assert run("run", store, "--next").stdout == "schedule: idle 5\n"
    done = run("run", store, "--schedule", "never, mon 3:00", "--next", "--json")
    [kept] = json_lines(done.stdout)
    assert (kept["schedule"], len(kept["next"])) == ("mon 03:00", 5)
    assert run("run", store, "--next").stdout.startswith("schedule: mon 03:00\nMon ")
    wrong = run("run", store, "--schedule", "sometimes")
    assert (wrong.exit_code, "sometimes" in wrong.stderr) == (2, True)


def test_run_consolidates_when_it_is_idle_and_only_then(store: Path, tmp_path: Path) -> None:
    watched = tmp_path / "agents"
    watched.mkdir()
    (watched / "live.jsonl").write_text("working")
    command = ("run", store, "--schedule", "idle 0", "--watch", watched, "--once", "--json")
    future = time.time() + 3600
    os.utime(watched / "live.jsonl", (future, future))
    assert run(*command).stdout == ""
    os.utime(watched / "live.jsonl", (1_000, 1_000))
    [cycle] = json_lines(run(*command).stdout)
    assert (cycle["trigger"], cycle["memories"], cycle["actor"]) == ("idle", 6, "scheduler")


def test_a_schedule_that_is_typed_is_the_persons_command(store: Path, tmp_path: Path) -> None:
    empty = tmp_path / "nobody"
    empty.mkdir()
    run("run", store, "--schedule", "idle 0", "--watch", empty, "--once")
    rows = json_lines(run("audit", store, "--json").stdout)
    actions = {(row["action"], row["actor"]) for row in rows}
    assert {("set", "hpm run"), ("consolidate", "scheduler")} <= actions
    assert ("set", "scheduler") not in actions
    settings = [row["content"]["value"] for row in rows if row["subject"] == "setting:by_itself"]
    assert settings == ["yes"]


def test_run_ends_well_with_ctrl_c(store: Path) -> None:
    command = [*PROGRAM, "run", str(store), "--schedule", "idle 0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert '"id":1' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
