from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine.memory import Memory, open_memory


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "test.hpm", create=True) as memory:
        yield memory
