"""What the program writes is for its owner alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.shell.preferences import Preferences, save
from hpm_engine import data_folder, owner_only, private_folder
from hpm_engine.cli.root import hpm
from hpm_engine.hook.events import Event, EventKind
from hpm_engine.hook.leaving import keep_session
from tests.support.cases import CASES

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs modes")


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_above_are_made_private_too_and_earlier_ones_stay(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    earlier.mkdir(mode=0o755)
    private_folder(earlier / "a" / "b")
    private_folder(earlier / "a" / "b")
    assert [mode(earlier), mode(earlier / "a"), mode(earlier / "a" / "b")] == [0o755, 0o700, 0o700]
    with open(earlier / "a" / "file", "w", opener=owner_only) as file:
        file.write("x")
    assert mode(earlier / "a" / "file") == 0o600
    with pytest.raises(FileExistsError):
        private_folder(earlier / "a" / "file")


def test_nothing_that_is_written_is_open_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for name, folder in {
        "HOME": "",
        "XDG_CACHE_HOME": ".cache",
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "HPM_CACHE_DIR": ".cache/deep/hpm",
        "HPM_DATA_DIR": ".data/deep/hpm",
        "HPM_CONFIG_DIR": ".settings/deep/hpm",
    }.items():
        monkeypatch.setenv(name, str(home / folder))
    store = str(home / "s.hpm")
    for command in (
        ["import", store, str(CASES / "60-attack" / "invisible_tags.jsonl")],
        ["recall", store, "marmalade"],
        ["encode", store],
        ["backup", store],
        ["export", store, "1", "--format", "html", "-o", str(home / "e.html")],
        ["audit", store, "--format", "csv", "-o", str(home / "log.csv")],
        ["audit", store, "--do", "checkpoint", "-o", str(home / "checkpoint")],
        ["raw", store, "1", "-o", str(home / "raw.jsonl")],
        ["notes", store, "--okf", str(home / "bundle")],
        ["connect", "claude-code", store],
        ["--log", str(home / "program.log"), "doctor", store],
        ["run", store, "--once"],
    ):
        ended = CliRunner().invoke(hpm, command)
        assert ended.exit_code == 0, (command, ended.output)
    missing = str(home / "no.hpm")
    event = Event("claude-code", "SessionEnd", EventKind.END, "s", transcript=missing)
    keep_session(Path(store), event)
    save(Preferences(), home / ".preferences" / "deep")
    written = [path for path in home.rglob("*") if not path.is_symlink()]
    assert len(written) > 20 and data_folder().is_dir()
    assert not {
        str(path.relative_to(home)): oct(mode(path)) for path in written if mode(path) & 0o077
    }
