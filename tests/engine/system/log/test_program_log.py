from __future__ import annotations

import logging
import os
import signal
from pathlib import Path

import pytest

from hpm_engine import log_to_file, program_log
from hpm_engine.cli.console.progress import Messages
from hpm_engine.system.log import log_file
from tests.support.command_runs import run_process

LOG = logging.getLogger("hpm_engine.anything")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("HPM_LOG")
    return tmp_path / "cache"


def test_the_log_lies_in_the_cache_and_has_what_matters(cache: Path) -> None:
    with log_to_file("hpm"):
        LOG.info("seen")
        LOG.debug("not seen")
        logging.getLogger("others").error("not ours")
        state = program_log()
    path = cache / "log" / "hpm.log"
    assert (state.path, state.level, state.trouble) == (str(path), "info", "")
    text = path.read_text()
    assert state.size == len(text) and "hpm_engine.anything: seen" in text
    assert "not" not in text


def test_nothing_is_left_when_it_ends() -> None:
    packages = [logging.getLogger(name) for name in ("", "hpm_engine", "app")]
    before = [(list(logger.handlers), logger.level) for logger in packages]
    with log_to_file("hpm"):
        assert [(list(logger.handlers), logger.level) for logger in packages] != before
        assert os.environ["HPM_LOG"].startswith("info:")
    assert [(list(logger.handlers), logger.level) for logger in packages] == before
    assert "HPM_LOG" not in os.environ
    assert program_log().level == "off"


@pytest.mark.parametrize(
    ("variable", "level", "name"),
    [
        ("debug", "debug", "cache/log/hpm.log"),
        ("WARNING", "warning", "cache/log/hpm.log"),
        ("error:{}/own.log", "error", "own.log"),
        (":{}/own.log", "info", "own.log"),
        ("loud", "info", "cache/log/hpm.log"),
    ],
)
def test_the_variable_sets_the_level_and_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, level: str, name: str
) -> None:
    monkeypatch.setenv("HPM_LOG", variable.format(tmp_path))
    with log_to_file("hpm", terminal=None):
        state = program_log()
    assert (state.level, state.path) == (level, str(tmp_path / name))
    assert (tmp_path / name).exists() is (variable == "loud")  # which it says


def test_off_writes_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_LOG", "off")
    with log_to_file("hpm", terminal=None):
        LOG.error("nowhere")
        assert program_log().level == "off"
    assert not cache.exists()


def test_a_file_that_is_asked_for_goes_before_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPM_LOG", "debug:elsewhere.log")
    with log_to_file("hpm", tmp_path / "asked.log"):
        LOG.debug("seen")
    assert "seen" in (tmp_path / "asked.log").read_text()


def test_a_process_that_is_started_writes_the_same_file(tmp_path: Path) -> None:
    with log_to_file("window", tmp_path / "asked.log"):
        ended = run_process("doctor", tmp_path / "missing.hpm")
    assert ended.returncode == 2
    text = (tmp_path / "asked.log").read_text()
    assert "hpm[" in text and "hpm_engine.errors.StoreMissing" in text


def test_a_terminal_has_its_warnings_whatever_the_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for level in ("error", "off"):
        monkeypatch.setenv("HPM_LOG", f"{level}:{tmp_path / 'a.log'}")
        with log_to_file("hpm", terminal=Messages()):
            LOG.warning("%s was brought up to date", tmp_path / "my.hpm")
            LOG.error("a bug", exc_info=ValueError("for the file"))
        assert capsys.readouterr().err == f"{tmp_path / 'my.hpm'} was brought up to date\n"
    text = (tmp_path / "a.log").read_text()
    assert "brought" not in text and "a bug" in text and "for the file" not in text


def test_a_full_disk_is_noted_and_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, line: bytes) -> None:
        raise OSError(28, "No space left on device")

    with log_to_file("hpm", tmp_path / "a.log"):
        with monkeypatch.context() as patch:
            patch.setattr(log_file, "append", full)
            LOG.info("lost")
            assert program_log().trouble == "No space left on device"
        LOG.info("written")
        assert program_log().trouble == ""
    assert "written" in (tmp_path / "a.log").read_text()
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="needs a limit for files")
def test_a_line_that_a_full_disk_cuts_is_noted_and_the_next_begins_anew(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with log_to_file("hpm", tmp_path / "a.log"):
        LOG.info("first")
        try:
            size = (tmp_path / "a.log").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 9, before[1]))
            LOG.info("cut")
            assert program_log().trouble
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
        LOG.info("third")
        assert program_log().trouble == ""
    last = (tmp_path / "a.log").read_text().splitlines()[-1]
    assert last.endswith("third") and last.count("INFO") == 1 and "Z INFO hpm[" in last[:40]


def test_a_folder_that_cannot_be_disturbs_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with log_to_file("hpm", tmp_path / "file" / "hpm.log"):
        LOG.info("lost")
        assert program_log().trouble
