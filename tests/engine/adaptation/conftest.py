from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks and indexes of made stores stay out of the person's own cache."""
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
