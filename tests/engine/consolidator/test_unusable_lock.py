"""Cycles where the cache, which has their lock, is a file or holds something else."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from hpm_engine import CannotWrite
from hpm_engine.memory import Memory


def test_a_cache_that_is_a_file_is_explained_and_nothing_is_changed(
    memory: Memory, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    cache.write_text("")
    before = memory.audit.count()
    for change in (memory.consolidation.run, memory.consolidation.undo):
        with pytest.raises(CannotWrite, match=r"cannot write there.*HPM_CACHE_DIR"):
            change()
    assert memory.audit.count() == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("kind", ["folder", "link"])
def test_a_lock_that_is_no_file_is_explained(memory: Memory, tmp_path: Path, kind: str) -> None:
    memory.consolidation.run(10)
    [lock] = (tmp_path / "cache" / "turns").iterdir()
    lock.unlink()
    if kind == "folder":
        lock.mkdir()
    else:
        lock.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotWrite, match="cannot write there"):
        memory.consolidation.undo()
    assert not (tmp_path / "elsewhere").exists()
