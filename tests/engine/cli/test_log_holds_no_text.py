"""Everything the command does with traces full of canaries leaves none of them in its log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import Result

from hpm_engine import CannotImport, open_memory
from hpm_engine.cli.root import hpm
from tests.support.canaries import CANARY, write_traces
from tests.support.command_runs import run


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / f"{CANARY}cache"))
    monkeypatch.setenv("HPM_LOG", "debug")


class Commands:
    """Runs ``hpm`` with one log; ``statuses`` are the exit codes by command."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def __call__(self, *arguments: str | Path, status: int | None = 0) -> Result:
        result = run("--log", self.log, *arguments)
        assert status in (None, result.exit_code), f"{arguments}: {result.output}"
        return result

    def text(self) -> str:
        return self.log.read_text("utf-8")


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path / "hpm.log")


def test_a_life_of_canaries_leaves_none_in_the_log(commands: Commands, tmp_path: Path) -> None:
    store, out = tmp_path / "my.hpm", tmp_path / f"{CANARY}out"
    traces = write_traces(tmp_path)
    commands("import", store, traces, status=None)
    commands("import", store, tmp_path / f"{CANARY}missing", status=None)
    commands("sources", store, "--aside")
    commands("episodes", store, f"{CANARY}prompt gate")
    commands("episodes", store, f"/{CANARY}.*e/")
    commands("episodes", store, f"project:{CANARY} (", status=None)
    commands("episodes", store, f"{CANARY}field:x", status=None)
    commands("searches", store, CANARY, "--save", f"{CANARY}search")
    commands("encode", store)
    commands("recall", store, f"how was the {CANARY}gate repaired?", "--into", f"{CANARY}into")
    commands("recall", store, "gate", "--project", f"{CANARY}project")
    commands("show", store, "1")
    commands("show", store, f"{CANARY}unknown", status=1)
    commands("raw", store, "1")
    commands("export", store, "1", "-o", out)
    commands("export", store, "1", "-o", tmp_path, status=1)
    commands("audit", store, "--format", "jsonl", "-o", tmp_path / f"{CANARY}.jsonl")
    commands("visibility", store, "--add", f"private project {CANARY}", status=None)
    commands("compress", store)
    commands("consolidate", store, "--memories", "10")
    commands("consolidate", store, "--undo")
    commands("consolidate", store, "--memories", "5")
    commands("age", store, "--newest", "0", "--originals", "evicted", "--scorer", "count")
    commands("age", store, "--project", f"{CANARY}project=deep", status=None)
    commands("age", store)
    commands("adapt", store, "--mask", status=None)
    commands("backup", store, tmp_path / "copy.hpm")
    commands("index", store)
    commands("run", store, "--once")
    commands("doctor", store, "--check")
    text = commands.text()
    assert CANARY not in text.lower()
    for kind in (
        "import ends",
        "encoding ends",
        "indexing for recall ends",
        "compression ends",
        "cycle ends",
        "cycles from 1 on are undone",
        "ageing ends",
        "eviction ends",
        "backup ends",
        "export of an episode ends",
        "export of the audit log ends",
        "my.hpm is open for writing",
        "my.hpm has the id ",
        "my.hpm is closed",
        "due: None",
        "hpm_engine.adaptation.worker: fine-tuning begins",
        "hpm_engine.errors.NotFound",
        "hpm_engine.errors.BadQuery",
    ):
        assert kind in text, f"{kind!r} is not in\n{text}"
    assert re.search(r"process \d+ that tunes is ended", text)


def test_failures_on_damaged_stores_leave_no_text(commands: Commands, tmp_path: Path) -> None:
    store = tmp_path / "my.hpm"
    with open_memory(store, create=True) as memory:
        memory.import_paths([write_traces(tmp_path)])
    whole = store.read_bytes()
    for share in (0.02, 0.1, 0.2, 0.3, 0.6, 0.9):
        start = int(len(whole) * share)
        torn = whole[:start] + CANARY.encode() * 1_000 + whole[start + 11_000 :]
        store.write_bytes(torn)
        for arguments in (("doctor", "--check"), ("episodes",), ("encode",), ("compress",)):
            commands(arguments[0], store, *arguments[1:], status=None)
    assert CANARY not in commands.text().lower()
    assert "hpm refuses" in commands.text()


@pytest.mark.parametrize("kind", [ValueError, KeyError, CannotImport, UnicodeError])
def test_a_bug_is_logged_by_its_frames_and_without_its_message(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def quoting(stats: object) -> None:
        raise kind(f"{CANARY}quoted") from ValueError(CANARY)

    store = tmp_path / "my.hpm"
    open_memory(store, create=True).close()
    monkeypatch.setattr("hpm_engine.cli.doctor._holdings", quoting)
    assert commands("doctor", store, status=1).exception is not None
    text = commands.text()
    assert kind.__name__ in text and "quoting" in text and "doctor.py" in text
    assert CANARY not in text.lower()
    assert (" ERROR " in text) is (kind is not CannotImport)


def test_a_wrong_call_and_a_wrong_name_leave_no_text(commands: Commands) -> None:
    for arguments in ((f"{CANARY}command",), ("doctor", f"--{CANARY}"), ("show", CANARY, CANARY)):
        commands(*arguments, status=2)
    assert CANARY not in commands.text().lower()
    assert "hpm ends with status 2" in commands.text()


def test_a_log_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    store = tmp_path / "my.hpm"
    open_memory(store, create=True).close()
    result = run("--log", blocked / "hpm.log", "doctor", store)
    assert result.exit_code == 0 and "not written" in result.output
    assert "log file" in result.output and hpm.name == "hpm"
