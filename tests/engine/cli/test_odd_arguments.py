"""Stores and arguments that nobody means well: an answer and an exit code, never a traceback."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from hpm_engine import open_memory
from tests.support.command_runs import PROGRAM, run, run_process, session

PAGE = 4096


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    (tmp_path / "a.jsonl").write_bytes(session("a", *(f"Wish {n} " * 300 for n in range(150))))
    store = tmp_path / "a.hpm"
    assert run("import", store, tmp_path / "a.jsonl").exit_code == 0
    return store


def test_the_doctor_reports_a_damaged_store_and_exits_with_1(filled: Path) -> None:
    data = bytearray(filled.read_bytes())
    # Half of what the import added: in front lies the schema, without which no store can be opened.
    empty = filled.with_name("empty.hpm")
    open_memory(empty, create=True).close()
    first, end = empty.stat().st_size // PAGE, len(data) // PAGE
    assert first < end
    for page in range((first + end) // 2, end):
        data[page * PAGE : (page + 1) * PAGE] = random.Random(page).randbytes(PAGE)
    filled.write_bytes(data)
    for arguments in (("--check",), ("--check", "--json")):
        done = run_process("doctor", filled, *arguments)
        assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout)["health"]["problems"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "99999999999999999999"), 1),
        (("show", "1", "--raw-step", "16777216"), 1),
        (("show", "1", "--raw-step", "99999999999999999999"), 1),
        (("raw", "1", "--step", "99999999999999999999"), 1),
        (("episodes", "caf\udce9"), 2),
        (("episodes", "--project", "\udce9"), 2),
        (("audit", "--from", "0001-01-01T00:00+23:00"), 2),
        (("audit", "--to", "9999-12-31T23:59:59-23:00"), 2),
        (("raw", "1", "-o", "a.hpm"), 1),
        (("audit", "--format", "csv", "-o", "a.hpm"), 1),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    filled: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int
) -> None:
    monkeypatch.chdir(filled.parent)
    command, *rest = arguments
    done = run(command, "a.hpm", *rest)
    assert done.exit_code == code
    assert done.stdout == ""
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert run("doctor", filled, "--check").exit_code == 0


def test_times_before_the_year_1000_sort_before_later_ones(filled: Path) -> None:
    rows = run("audit", filled, "--from", "0999-12-31", "--json").stdout.splitlines()
    assert len(rows) == 2
    assert run("audit", filled, "--to", "0999-12-31", "--json").stdout == ""


def test_a_store_name_that_is_too_long_is_explained(filled: Path) -> None:
    for arguments in (("import", "y" * 300, filled), ("doctor", "y" * 300)):
        done = run(*arguments)
        assert done.exit_code == 2
        assert "no store can be there" in done.stderr


def test_an_export_into_a_pipe_is_utf_8_wherever_it_runs(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_memory(filled) as memory:
        memory.marks.add_tag([1], "tägé ✓")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    for format_ in ("jsonl", "csv"):
        done = run_process("audit", filled, "--format", format_)
        assert (done.returncode, done.stderr) == (0, b"")
        assert "tägé ✓" in done.stdout.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_output_that_finds_no_room_is_explained(filled: Path) -> None:
    for arguments in (("raw", "a.hpm", "1"), ("episodes", "a.hpm", "--json")):
        with open("/dev/full", "wb") as full:
            command = [*PROGRAM, *arguments]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=filled.parent)
        assert done.returncode != 0
        assert done.stderr.startswith(b"hpm: the output cannot be written")
        assert b"Traceback" not in done.stderr
