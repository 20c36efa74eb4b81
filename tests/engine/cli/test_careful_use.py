"""The command line as a careful person uses it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hpm_engine import open_memory
from hpm_engine.words.plurals import counted
from tests.support.command_runs import PROGRAM, json_lines, run, run_process, session


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("module", [False, True])
def test_ctrl_c_in_the_first_moments_is_cancelled(store: Path, module: bool) -> None:
    program = [sys.executable, "-m", "hpm_command"] if module else PROGRAM
    root = Path(__file__).parents[3]
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "import hpm_command"], cwd=root, check=True)
    first = max(0.08, 1.5 * (time.monotonic() - started))  # before that Python itself is loaded
    ended = []
    for number in range(8):
        process = subprocess.Popen(
            [*program, "recall", str(store), "ferry"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=root,
        )
        time.sleep(first + 0.05 * number)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        unheard = process.returncode == -signal.SIGINT and not errors  # Python was not up yet
        if not unheard:
            ended.append((process.returncode, errors.decode()))
    assert all(code in (0, 130) for code, _ in ended), ended
    assert not any("Traceback" in errors for _, errors in ended), ended
    assert all("Cancelled" in errors for code, errors in ended if code == 130), ended
    assert any(code == 130 for code, _ in ended), ended


def test_steps_that_are_not_there_are_an_error(store: Path) -> None:
    result = run("show", store, "1", "--steps", "500:600")
    assert result.exit_code == 1
    assert "There is no step 500" in result.output and "4 steps" in result.output
    assert run("show", store, "1", "--steps", "2:600").exit_code == 0


def test_session_ids_and_titles_work_where_numbers_do(store: Path, tmp_path: Path) -> None:
    whole = run("show", store, "1").output
    key = next(line.split()[1] for line in whole.splitlines() if line.startswith("session "))
    assert "folder       /home/mira/code/ferry" in whole
    assert run("show", store, key).output == whole
    assert run("show", store, "Find the ferry's timetable bug").output == whole
    plain = run_process("raw", store, "1").stdout
    assert run_process("raw", store, key).stdout == plain
    assert run("export", store, key, "-o", tmp_path / "out.json").exit_code == 0
    wrong = run("show", store, "no-such-session")
    assert wrong.exit_code == 1 and "hpm episodes lists their numbers" in wrong.output
    assert run("show", store, "99").exit_code == 1
    assert run("show", store, "9" * 30).exit_code == 1


def test_the_beginning_of_an_id_does_where_it_is_unique(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for key in ("abcd-1", "abcd-2", "wxyz%3"):
        (folder / f"{key}.jsonl").write_bytes(session(key, f"Task of {key}"))
    store = tmp_path / "s.hpm"
    assert run("import", store, folder).exit_code == 0
    several = run("show", store, "abcd")
    assert several.exit_code == 1 and "fits several episodes" in several.output
    assert "Task of abcd-1" in several.output and "Task of abcd-2" in several.output
    assert "Task of wxyz" in run("show", store, "wxyz").output
    assert run("show", store, "w%yz").exit_code == 1


def test_a_first_import_into_which_nothing_came_leaves_no_store(tmp_path: Path) -> None:
    store = tmp_path / "new.hpm"
    assert run("import", store, tmp_path / "missing").exit_code == 1
    assert list(tmp_path.iterdir()) == []
    open_memory(store, create=True).close()
    assert run("import", store, tmp_path / "missing").exit_code == 1
    assert store.exists()


def test_a_rule_that_matches_nothing_is_said(store: Path) -> None:
    result = run("visibility", store, "--add", "project:nonexistent private")
    assert result.exit_code == 0
    assert "project:nonexistent matches no episode" in result.output
    assert "matches no episode" in run("visibility", store).output
    [visibility] = json_lines(run("visibility", store, "--json").stdout)
    assert visibility["unmatched"] == ["project:nonexistent"]
    run("visibility", store, "--remove", "project:nonexistent private")
    right = run("visibility", store, "--add", "project:ferry private")
    assert "matches no episode" not in right.output


def test_nothing_found_says_what_to_try(store: Path) -> None:
    result = run("episodes", store, "zeppelin")
    assert "0 episodes" in result.output and "Try fewer" in result.output
    assert "1 episode," in run("episodes", store, "timetable").output
    assert "Nothing was recalled" in run("recall", store, "zeppelin").output


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("command", ["show {} 1 --json", "episodes {} --json", "export {} 1"])
def test_a_pipe_that_is_closed_early_ends_every_command_alike(store: Path, command: str) -> None:
    arguments = command.format(store).split()
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run([*PROGRAM, *arguments], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    # An export says what leaves before it writes, which is no complaint about the pipe.
    said = re.sub(rb"\AThe file holds [^\n]*\n", b"", result.stderr)
    assert (result.returncode, said) == (0, b"")


def test_unknown_fields_and_session_ids_in_a_search_are_said(store: Path) -> None:
    result = run("episodes", store, "colour:red")
    assert "There is no field colour:" in result.output and "project" in result.output
    assert "There is no field" not in run("episodes", store, "project:nothing").output
    assert "There is no field" not in run("episodes", store, "http://nothing.example").output
    [first] = json_lines(run("episodes", store, "timetable", "--json").stdout)
    named = run("episodes", store, "Find the ferry's timetable bug tomorrow")
    assert "That names episode" not in named.output
    result = run("episodes", store, first["key"])
    assert f"episode {first['id']}" in result.output or "1 episode" in result.output


def test_episodes_as_json_have_title_folder_and_where_they_come_from(store: Path) -> None:
    [first] = json_lines(run("episodes", store, "timetable", "--json").stdout)
    assert first["cwd"] == "/home/mira/code/ferry"
    assert (first["title"], first["parent"], first["continues"]) == ("", "", "")


def test_numbers_and_session_ids_are_fields_of_a_search(store: Path) -> None:
    [first] = json_lines(run("episodes", store, "timetable", "--json").stdout)
    key, number = first["key"], first["id"]
    for query in (f"session:{key}", f"key:{key[:-1]}*", f"id:{number}", f"id:..{number}"):
        keys = [
            episode["key"] for episode in json_lines(run("episodes", store, query, "--json").stdout)
        ]
        assert keys == [key], query
        others = json_lines(run("episodes", store, "--json", "--", f"-{query}").stdout)
        assert key not in [other["key"] for other in others], query
    assert "0 episodes" in run("episodes", store, "session:nobody").output
    assert "number is 3" in run("episodes", store, "id:3", "--explain").output


def test_session_ids_name_episodes_in_options(store: Path) -> None:
    [first] = json_lines(run("episodes", store, "timetable", "--json").stdout)
    key, number = first["key"], str(first["id"])
    for command in ("compress", "audit"):
        assert run(command, store, "--episode", key, "--json").exit_code == 0
        assert run(command, store, "--episode", "no-such-session").exit_code == 1
    logged = [run("audit", store, "--json", "--episode", name).stdout for name in (key, number)]
    assert logged[0] == logged[1] != ""
    assert run("audit", store, "--episode", "999").exit_code == 0
    recalled = run("recall", store, "timetable", "--without", key, "--json")
    [recall] = json_lines(recalled.stdout)
    assert number not in [str(hit["episode"]["id"]) for hit in recall["hits"]]
    assert run("recall", store, "timetable", "--without", "nobody").exit_code == 1


def test_one_of_something_is_not_many(store: Path) -> None:
    recalled = run("recall", store, "timetable", "-k", "1").stdout
    assert "with 1 episode\n" in recalled
    assert counted(1, "call") == "1 call" and counted(1_000, "call") == "1,000 calls"
    assert counted(0, "memory", "memories") == "0 memories"
