from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine.memory import Memory
from tests.support.lessons import school


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """Three topics of 20 episodes, two memories each."""
    with school(tmp_path / "school.hpm", "alpha", "beta", "gamma") as memory:
        yield memory
