"""The notes of the sample: each line is judged as it is, from what its sessions did."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine import open_memory
from hpm_engine.sample.build import build_sample
from hpm_engine.sample.noted import sample_notes


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.hpm"
    build_sample(path, computed=False)
    return path


def test_each_line_is_judged_as_it_is(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        stored = {note.path: note for note in memory.memory_notes.find()}
        judged = {
            note.path: tuple(
                line.verdict.name.lower()
                for line in memory.memory_notes.evidence(stored[note.path].id)
            )
            for note in sample_notes()
        }
        sessions = [
            session.episode_id
            for note in stored.values()
            for session in memory.memory_notes.detail(note.id).sessions
        ]
    assert judged == {note.path: note.verdicts for note in sample_notes()}
    assert {"true", "outdated", "contradicted", "never"} <= set().union(*judged.values())
    assert len(sessions) == 2
    assert None not in sessions
