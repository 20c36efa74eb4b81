from __future__ import annotations

import os
from pathlib import Path

import pytest

from hpm_engine.store.driver import load_driver

DATA = Path(os.environ.get("HPM_DATA", Path(__file__).parents[2] / "shared" / "data"))


def pytest_report_header() -> str:
    return (
        f"sqlite {load_driver().sqlite_version}, real traces: {DATA if DATA.is_dir() else 'none'}"
    )


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real traces."""
    if not DATA.is_dir():
        pytest.skip(f"no real traces at {DATA}; set HPM_DATA to their folder")
    return DATA
