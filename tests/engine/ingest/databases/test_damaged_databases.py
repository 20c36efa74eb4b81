"""Whatever damage a database has, its sessions are read or it is said to be damaged, in 2 s."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from tests.support.files import agent_databases
from tests.support.files.openclaw_database import openclaw

_SECONDS = 2.0  # of the processor: others may be at work
_MESSAGES = [{"role": "user", "content": "Go"}, {"role": "assistant", "content": "Gone"}]
MAKERS: dict[str, Callable[[Path], Path]] = {
    "cursor": agent_databases.cursor,
    "cursor store": lambda path: agent_databases.cursor_store(path, _MESSAGES, (0, 1)),
    "cursor workspace": lambda path: agent_databases.cursor_workspace(path.parent),
    "goose": agent_databases.goose,
    "hermes": agent_databases.hermes,
    "kiro": agent_databases.kiro,
    "openclaw": openclaw,
    "warp": agent_databases.warp,
    "zed": agent_databases.zed,
}


def read(path: Path) -> int:
    """The number of sessions that are read; all their texts are looked at."""
    count = 0
    for source in walk([path]):
        reader = detect(source) if isinstance(source, SourceFile) else None
        if reader is None or isinstance(reader, NotATrace):
            continue
        assert isinstance(source, SourceFile)
        try:
            for episode in reader.read(source):
                for step in episode.steps:
                    assert all(part.text.encode() is not None for part in step.parts)
                count += 1
        except CannotImport as error:
            assert path.name in str(error)
    return count


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(choices=st.data())
def test_a_damaged_database_ends_nothing(kind: str, tmp_path: Path, choices: st.DataObject) -> None:
    whole = tmp_path / "whole" / "cursor.db"
    if not whole.exists() and not whole.with_name("state.vscdb").exists():
        MAKERS[kind](whole)
    made = next(path for path in whole.parent.iterdir() if path.suffix in (".db", ".vscdb"))
    data = bytearray(made.read_bytes())
    assert read(made)
    for _ in range(choices.draw(st.integers(1, 20))):
        offset = choices.draw(st.integers(0, len(data) - 1))
        data[offset : offset + choices.draw(st.integers(0, 8))] = choices.draw(
            st.binary(min_size=1, max_size=8)
        )
    if choices.draw(st.booleans()):
        data = data[: choices.draw(st.integers(1, len(data)))]
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(data)
    started = time.process_time()
    read(damaged)
    assert time.process_time() - started < _SECONDS
