from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hpm_engine.system.log import log_file

WRITER = """
import sys
from pathlib import Path
from hpm_engine.system.log import log_file
path, name, count, full, files = sys.argv[1:]
log_file.FULL, log_file.FILES = int(full), int(files)
for number in range(int(count)):
    log_file.append(Path(path), f"{name} {number}\\n".encode())
"""


def test_lines_follow_each_other_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hpm.log"
    log_file.append(path, b"one\n")
    log_file.append(path, b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_full_file_is_moved_on_and_the_oldest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_file, "FULL", 10)
    path = tmp_path / "hpm.log"
    for number in range(8):
        log_file.append(path, b"line %d\n" % number)
    assert [part.read_bytes() for part in log_file.files(path)] == [
        b"line 6\nline 7\n",
        b"line 4\nline 5\n",
        b"line 2\nline 3\n",
    ]
    assert sorted(tmp_path.iterdir()) == log_file.files(path)
    assert log_file.size(path) == 42


def test_processes_that_write_at_once_lose_no_line(tmp_path: Path) -> None:
    path, count, files = tmp_path / "hpm.log", 200, 100
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name, str(count), "300", str(files)],
            cwd=Path(__file__).parents[4],
        )
        for name in "abcd"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    lines = [line for part in tmp_path.iterdir() for line in part.read_text().splitlines()]
    wanted = [f"{name} {number}" for name in "abcd" for number in range(count)]
    assert sorted(lines) == sorted(wanted)
    assert len(list(tmp_path.iterdir())) > 5


@pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
def test_only_a_plain_file_is_written(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_bytes(b"as it was")
    link.symlink_to(target)
    os.mkfifo(pipe)
    for path in (link, pipe, tmp_path, Path("/dev/null")):
        with pytest.raises(OSError):
            log_file.append(path, b"line\n")
    assert target.read_bytes() == b"as it was"
