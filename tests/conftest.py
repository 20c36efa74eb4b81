from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest
from hypothesis import settings

from hpm_engine.store.file.driver import load_driver

os.environ["HPM_LOG"] = "off"  # no test writes the log of the person who runs it
# No test signs with the key of that person, either.
os.environ.setdefault("HPM_DATA_DIR", mkdtemp(prefix="hpm-data-"))
settings.register_profile("suite", deadline=None)  # a busy machine is no failure
settings.load_profile("suite")
DATA = Path(os.environ.get("HPM_DATA", Path(__file__).parents[2] / "shared" / "data"))


def pytest_report_header() -> str:
    return (
        f"sqlite {load_driver().sqlite_version}, real traces: {DATA if DATA.is_dir() else 'none'}"
    )


@pytest.fixture(autouse=True)
def _no_checkpoints() -> None:
    """Copies of one store grow apart in tests: none of them was put back."""
    rmtree(Path(os.environ["HPM_DATA_DIR"]) / "audit" / "checkpoints", ignore_errors=True)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real traces."""
    if not DATA.is_dir():
        pytest.skip(f"no real traces at {DATA}; set HPM_DATA to their folder")
    return DATA


@pytest.fixture
def zone() -> Iterator[Callable[[str], None]]:
    """Puts this process, and those that it starts, into a time zone."""
    with pytest.MonkeyPatch.context() as patch:

        def enter(name: str) -> None:
            patch.setenv("TZ", name)
            time.tzset()

        yield enter
    time.tzset()
