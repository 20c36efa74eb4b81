"""Which sessions go on, where no step says when it was."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest

from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.episodes import Episode, EpisodeQuery
from hpm_engine.values.live import is_live
from tests.support.files.traces import trajectory


def only(memory: Memory) -> Episode:
    (episode,) = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 2))
    return episode


def write(path: Path, steps: int, changed: float) -> None:
    path.write_text(trajectory("mend the tide table", steps))
    os.utime(path, (changed, changed))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mend.traj"
    write(path, 2, time.time())
    return path


def test_a_file_that_grew_since_it_was_imported_is_a_sign_of_life(
    tmp_path: Path, file: Path
) -> None:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.import_paths([file])
        first = only(memory)
        assert first.ended_at is None
        assert not is_live(first, time.time())  # it may have been copied a moment ago
        assert memory.episodes.live(time.time()) == []
        changed = time.time()
        write(file, 4, changed)
        memory.import_paths([file])
        grown = only(memory)
        assert grown.steps > first.steps
        assert grown.grew_at == pytest.approx(changed * 1e6, abs=2)
        assert (grown.started_at, grown.ended_at) == (None, None)  # no step got a time
        assert all(step.at is None for step in memory.steps.read(grown.id))
        assert memory.episodes.live(changed + 290) == [grown]
        assert is_live(grown, changed + 290) and not is_live(grown, changed + 310)
        assert not is_live(grown, changed - 3600)  # a clock that was put forward meanwhile


def test_a_change_of_what_holds_other_sessions_too_says_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        for steps in (2, 4):
            with zipfile.ZipFile(archive, "w") as packed:
                packed.writestr("mend.traj", trajectory("mend the tide table", steps))
            memory.import_paths([archive])
        episode = only(memory)
        assert episode.grew_at is None and not is_live(episode, time.time())
