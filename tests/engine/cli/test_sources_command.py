from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hpm_engine import open_memory
from tests.support.command_runs import json_lines, run, run_process, session


def test_sources_lists_what_became_of_each_file(store: Path, traces: Path) -> None:
    result = run("sources", store)
    assert result.exit_code == 0
    assert "one.jsonl" in result.output and "4 read" in result.output
    assert "1 file set aside (--aside)" in result.output
    rows = json_lines(run("sources", store, "--json").stdout)
    assert {Path(row["path"]).name: row["episodes"] for row in rows} == {
        "one.jsonl": 1,
        "two.jsonl": 1,
    }
    assert all(row["state"] == "imported" and row["account"]["damaged"] == 0 for row in rows)
    [row] = json_lines(run("sources", store, str(traces / "one.jsonl"), "--json").stdout)
    assert row["size"] == (traces / "one.jsonl").stat().st_size


def test_damaged_files_are_listed_with_their_places(store: Path, traces: Path) -> None:
    assert "No file is damaged." in run("sources", store, "--damaged").output
    whole = session("torn", "first", "second").splitlines(keepends=True)
    whole[1] = whole[1][: len(whole[1]) // 2] + b"\n"
    (traces / "torn.jsonl").write_bytes(b"".join(whole))
    run("import", store, traces)
    result = run("sources", store, "--damaged")
    assert "torn.jsonl" in result.output and "line 2" in result.output
    assert "one.jsonl" not in result.output
    output = run("doctor", store).output
    assert "2 files read whole" in output and "line 2" in output


def test_what_was_set_aside_is_listed_and_forgotten(store: Path, traces: Path) -> None:
    [row] = json_lines(run("sources", store, "--aside", "--json").stdout)
    assert Path(row["path"]).name == "shopping.txt"
    assert (row["reason"], row["bytes_kept"]) == ("Not a trace: plain text.", False)
    assert "shopping.txt" in run("sources", store, "--aside").output
    wrong = run("sources", store, "--aside", "--remove", traces / "one.jsonl")
    assert wrong.exit_code == 1 and "nothing of that was set aside" in wrong.output
    assert run("sources", store, "--remove").exit_code == 2
    assert run("sources", store, "--aside", "--remove").exit_code == 2
    result = run("sources", store, "--aside", "--remove", traces)
    assert result.exit_code == 0 and "1 file forgotten." in result.output
    assert "Nothing was set aside" in run("sources", store, "--aside").output
    with open_memory(store, read_only=True) as memory:
        [row] = [row for row in memory.audit.page() if row.action == "forget aside"]
        assert json.loads(row.detail) == {"files": 1, "with_bytes": 0}
        assert row.actor == "hpm sources"


def test_all_that_was_set_aside_can_be_forgotten_and_the_store_wiped(store: Path) -> None:
    result = run("sources", store, "--aside", "--remove", "--all", "--wipe", "--json")
    [report] = json_lines(result.stdout)
    assert report == {"forgotten": 1, "wiped": True, "to_be_wiped": False}
    assert run("doctor", store, "--check").exit_code == 0


def test_a_superseded_file_is_visible(store: Path, traces: Path) -> None:
    lines = session("one", "Another beginning", "of the same", "session").splitlines(True)
    (traces / "one.jsonl").write_bytes(b"".join(lines))
    run("import", store, traces)
    rows = json_lines(run("sources", store, "--json").stdout)
    assert len([row for row in rows if Path(row["path"]).name == "one.jsonl"]) == 2


def test_dash_o_writes_plain_files_and_nothing_else(store: Path, tmp_path: Path) -> None:
    target, precious = tmp_path / "out.json", tmp_path / "precious"
    precious.write_bytes(b"precious")
    commands = (
        ("raw", store, "1"),
        ("export", store, "1"),
        ("audit", store, "--format", "jsonl"),
    )
    for command in commands:
        target.symlink_to(precious)
        result = run(*command, "-o", target)
        assert result.exit_code == 1 and "is a link" in result.output, command
        target.unlink()
        assert run(*command, "-o", target).exit_code == 0
        assert target.stat().st_size
        target.unlink()
    assert precious.read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir() if "unfinished" in path.name) == []


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="no /dev/stdout here")
@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_names_of_standard_output_mean_standard_output(
    store: Path, tmp_path: Path, name: str
) -> None:
    plain = run_process("raw", store, "1")
    named = run_process("raw", store, "1", "-o", name)
    assert (named.returncode, named.stdout) == (0, plain.stdout)
    assert not os.path.exists("-")


def test_a_file_with_records_of_unknown_shape_was_not_read_whole(store: Path, traces: Path) -> None:
    strange = b'{"type": "moon-phase", "sessionId": "odd", "phase": 3}\n'
    (traces / "odd.jsonl").write_bytes(session("odd", "first", "second") + strange)
    assert "unknown shape" in run("import", store, traces).output
    output = run("doctor", store).output
    assert "2 files read whole, 1 with records of unknown shape" in output
