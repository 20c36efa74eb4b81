"""A cache that cannot be written, or holds what is no file, costs speed and never an answer."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hpm_engine.errors import CannotWrite
from hpm_engine.index.cache import index_folder, needed, open_plain
from hpm_engine.memory import Memory
from hpm_engine.projection.kept_map import read_kept
from tests.support.short_episodes import fill
from tests.support.vector_searches import build, recall, steps

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders there")


def is_a_pipe(path: Path) -> None:
    os.mkfifo(path)


def is_a_folder(path: Path) -> None:
    path.mkdir()


def leads_nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nothing"))


def leads_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


OTHERS = [is_a_pipe, is_a_folder, leads_nowhere, leads_to_a_device]


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize(
    "name", ["manifest.json", "rows.i64", "positions.u32", "vectors.f16", "vectors.faiss"]
)
def test_what_is_no_file_is_not_waited_for(
    large: Memory, name: str, other: Callable[[Path], None]
) -> None:
    [folder] = index_folder(large.internals.database).iterdir()
    (folder / name).unlink()
    other(folder / name)
    index = steps(large)
    assert recall(large, index) == 1.0 and index._base is None


@pytest.mark.parametrize("other", OTHERS)
def test_a_kept_map_that_is_no_file_is_none(tmp_path: Path, other: Callable[[Path], None]) -> None:
    other(tmp_path / "a.map")
    assert read_kept(tmp_path / "a.map") is None


def test_a_plain_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"content")
    with open_plain(tmp_path / "plain") as stream:
        assert stream.read() == b"content"


def test_an_index_that_cannot_be_kept_is_done_without(
    large: Memory, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(cache)
    cache.write_text("a file where the folder should be")
    fill(large, 300, 10)
    assert not build(large)
    assert "no index can be kept there" in caplog.text
    assert recall(large, steps(large)) == 1.0
    assert cache.read_text() == "a file where the folder should be"


def test_what_cannot_be_done_without_is_explained(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with (
        pytest.raises(CannotWrite, match=r"cache/turns: .*HPM_CACHE_DIR"),
        needed(tmp_path / "cache" / "turns", "consolidating a store"),
    ):
        (tmp_path / "cache" / "turns").mkdir(parents=True)
