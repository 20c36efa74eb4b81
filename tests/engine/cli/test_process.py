from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hpm_engine.sample.build import generate
from tests.support.command_runs import PROGRAM, run, run_process
from tests.support.loaded_modules import output_and_loaded


def test_help_is_quick_because_it_loads_little() -> None:
    code = "from hpm_engine.cli.root import hpm; hpm(['--help'])"
    unneeded = (
        "hpm_engine.sample",
        "hpm_engine.ingest.detect",
        "hpm_engine.evaluation",
        "sqlite_utils",
        "PySide6",
    )
    output, loaded = output_and_loaded(code, ("hpm_engine.cli.root", *unneeded))
    assert "Commands:" in output
    assert loaded == ["hpm_engine.cli.root"]


def test_standard_output_holds_nothing_but_json(store: Path, traces: Path) -> None:
    done = run_process("import", store, traces, "--json")
    assert done.returncode == 0
    assert done.stderr == b""
    assert all(isinstance(json.loads(line), dict) for line in done.stdout.splitlines())


def test_raw_bytes_pass_through_a_pipe_unchanged(store: Path, traces: Path) -> None:
    outputs = {run_process("raw", store, number).stdout for number in ("1", "2")}
    assert outputs == {(traces / name).read_bytes() for name in ("one.jsonl", "two.jsonl")}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--version",), 0), (("nonsense",), 2), (("episodes",), 2), (("show", "none.hpm", "1"), 2)],
)
def test_exit_codes(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    assert run_process(*arguments).returncode == code


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is no signal on Windows")
def test_ctrl_c_stops_an_import_and_leaves_a_whole_store(tmp_path: Path) -> None:
    folder = tmp_path / "traces"
    for files in generate().traces.values():
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    store = tmp_path / "s.hpm"
    command = [*PROGRAM, "import", str(store), str(folder), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.readline()  # one batch is safe on disk
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()  # not communicate(): it would pass over what is buffered
        assert process.stderr is not None
        errors = process.stderr.read()
    assert json.loads(first)["status"] == "added"
    assert process.returncode == 130, errors
    assert b"Cancelled" in errors
    assert not any(json.loads(line)["kind"] == "sums" for line in rest.splitlines())
    report = json.loads(run("doctor", store, "--check", "--json").stdout)
    assert report["health"]["problems"] == []
    assert report["stats"]["sources"] == 1 + len(rest.splitlines())
    assert run("import", store, folder).exit_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is no signal on Windows")
def test_ctrl_c_during_the_sample_leaves_nothing(tmp_path: Path) -> None:
    command = [*PROGRAM, "sample", str(tmp_path / "sample.hpm")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 20
        while not any(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert out == b""
    assert list(tmp_path.iterdir()) == []
