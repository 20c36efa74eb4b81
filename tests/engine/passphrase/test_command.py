"""``hpm passphrase``, and other commands on a store under one."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpm_engine import lock, open_memory, under_passphrase
from hpm_engine.cli.root import hpm
from hpm_engine.store.file.seal import PASSPHRASE_FILE

PASSPHRASE = "horse battery staple"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "s.hpm"
    with open_memory(path, create=True) as memory:
        memory.settings.set("colour", "green")
    return path


def run(*arguments: object, input_: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(hpm, [str(each) for each in arguments], input=input_)
    return result.exit_code, result.output


def in_terminal(typed: list[str], *arguments: object) -> tuple[int, str]:
    """Run hpm where it can ask, and answer each question."""
    master, slave = pty.openpty()
    command = [sys.executable, "-c", "from hpm_command import main; main()"]
    process = subprocess.Popen(
        [*command, *map(str, arguments)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        close_fds=True,
        start_new_session=True,
    )
    os.close(slave)
    said = ""
    try:
        for line in typed:
            until = time.monotonic() + 30
            while not said.rstrip(" ").endswith(":") and time.monotonic() < until:
                said += os.read(master, 1_000).decode()
            os.write(master, line.encode() + b"\n")
            said += "\n"
        while piece := os.read(master, 1_000):
            said += piece.decode()
    except OSError:  # the terminal's end
        pass
    finally:
        os.close(master)
    return process.wait(30), said


def test_it_is_asked_for_and_never_shown(store: Path) -> None:
    code, said = in_terminal([PASSPHRASE, PASSPHRASE], "passphrase", store)
    assert code == 0, said
    assert "is under a passphrase now" in said
    assert PASSPHRASE not in said
    assert under_passphrase(store)
    code, said = in_terminal(["wrong, wrong", PASSPHRASE], "doctor", store)
    assert code == 0, said
    assert "not its passphrase" in said
    assert PASSPHRASE not in said
    code, said = in_terminal(["wrong, wrong"] * 3, "doctor", store)
    assert code == 2
    assert "Traceback" not in said


def test_where_nobody_can_be_asked(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = run("passphrase", store)
    assert code == 1
    assert "--new-from" in said
    new = tmp_path / "new"
    new.write_text(PASSPHRASE + "\n")
    code, said = run("passphrase", store, "--new-from", new, "--json")
    assert code == 0, said
    assert '"sealed":true' in said
    lock(store)
    code, said = run("episodes", store)
    assert code == 2
    assert PASSPHRASE_FILE in said
    new.chmod(0o600)
    monkeypatch.setenv(PASSPHRASE_FILE, str(new))
    code, said = run("audit", store)
    assert code == 0
    assert "Put under a passphrase" in said
    code, said = run("passphrase", store, "--remove")
    assert code == 0
    assert "under no passphrase" in said
    assert not under_passphrase(store)


def test_a_store_that_is_not_there_is_made_under_one(tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.write_text(PASSPHRASE)
    store = tmp_path / "fresh.hpm"
    assert run("passphrase", store, "--remove")[0] == 2
    assert not store.exists()
    assert run("passphrase", store, "--new-from", new)[0] == 0
    assert under_passphrase(store)
