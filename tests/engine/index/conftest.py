from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine.memory import Memory, open_memory
from tests.support.short_episodes import fill
from tests.support.vector_searches import build


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "index"


@pytest.fixture(scope="session", autouse=True)
def quick_training() -> Iterator[None]:
    """One round of k-means for the codes: coarser ones, which exact scoring makes up for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hpm_engine.index.ivf_pq._CODE_ROUNDS", 1)
        patch.setattr("hpm_engine.index.ivf_pq._ROUNDS", 3)
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of 12,000 vectors and, beside it, the generation that has them."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HPM_CACHE_DIR", str(folder / "cache"))
        with open_memory(folder / "test.hpm", create=True) as memory:
            fill(memory, 300, 40)
            assert build(memory)
    return folder


@pytest.fixture
def large(built: Path, tmp_path: Path, cache: Path) -> Iterator[Memory]:
    """A copy of that store, and of its index."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    with open_memory(tmp_path / "test.hpm") as memory:
        yield memory


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "test.hpm", create=True) as memory:
        yield memory
