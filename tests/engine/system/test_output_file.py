"""Files that people ask for replace plain files only, and are whole or not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hpm_engine import CannotWrite, output_file, write_file

posix = pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")


def test_a_file_is_written_for_its_owner_alone_and_replaces_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"earlier")
    assert write_file(path, b"later") == 5
    assert path.read_bytes() == b"later"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"earlier")
    with pytest.raises(KeyboardInterrupt), output_file(path) as file:
        file.stream.write(b"half")
        [other] = set(tmp_path.iterdir()) - {path}
        assert other.name.startswith("out.json.unfinished-")
        raise KeyboardInterrupt
    with pytest.raises(CannotWrite, match="No space left"), output_file(path) as file:
        raise OSError(28, "No space left on device")
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


@posix
@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "device", "folder"])
def test_only_plain_files_are_replaced(tmp_path: Path, kind: str) -> None:
    path, precious = tmp_path / "out.json", tmp_path / "precious"
    precious.write_bytes(b"precious")
    if kind == "link":
        path.symlink_to(precious)
    elif kind == "dangling":
        path.symlink_to(tmp_path / "nothing")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path = Path("/dev/null")
    before = path.lstat().st_mode
    with pytest.raises(CannotWrite, match="is a"):
        write_file(path, b"text")
    assert path.lstat().st_mode == before
    assert precious.read_bytes() == b"precious"
    assert not (tmp_path / "nothing").exists()


@posix
def test_what_comes_there_meanwhile_is_not_replaced_either(tmp_path: Path) -> None:
    path, precious = tmp_path / "out.json", tmp_path / "precious"
    precious.write_bytes(b"precious")
    with pytest.raises(CannotWrite, match="is a link"), output_file(path) as file:
        file.stream.write(b"text")
        path.symlink_to(precious)
        file.put()
    assert precious.read_bytes() == b"precious"
    assert path.is_symlink()


@posix
def test_a_planted_link_beside_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (tmp_path / "out.json.part").symlink_to(precious)
    write_file(tmp_path / "out.json", b"text")
    assert precious.read_bytes() == b"precious"
    assert (tmp_path / "out.json.part").is_symlink()


def test_a_long_name_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / ("ü" * 110 + ".json")
    write_file(path, b"text")
    assert path.read_bytes() == b"text"


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"cannot be written.*Choose another place"):
        write_file(tmp_path / "missing" / "out.json", b"text")
