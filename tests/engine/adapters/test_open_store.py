from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hpm_engine import CannotOpen, Memory
from hpm_engine.adapters.open_store import OpenStore


def count(memory: Memory) -> int:
    return memory.figures.stats().episodes


def test_a_closed_store_may_be_closed_again_and_says_so_to_calls(tmp_path: Path) -> None:
    with OpenStore(tmp_path / "a.hpm", actor="a test") as store:
        assert store.call(count) == 0
        store.close()
        with pytest.raises(CannotOpen, match="closed"):
            store.call(count)
        with pytest.raises(CannotOpen, match="closed"):
            asyncio.run(store.acall(count))
    store.close()
