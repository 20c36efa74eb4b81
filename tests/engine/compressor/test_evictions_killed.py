"""Evictions that are killed, stopped by a full disk, or run out of space at their end."""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hpm_engine import (
    AgeingSettings,
    CannotWrite,
    EpisodeQuery,
    Evicted,
    Memory,
    Originals,
    StepFlag,
    data_folder,
    open_memory,
)
from hpm_engine.evaluation.generated_traces import TraceMaker

EPISODES = 24
EVICT = AgeingSettings(newest=0, originals=Originals.EVICTED)
CHILD = """
import sys
from hpm_engine import Job, open_memory
from hpm_engine.compressor.ageing import eviction
eviction._BATCH = 1
said = lambda: print("between", flush=True)
with open_memory(sys.argv[1]) as memory:
    memory.compression.ageing.evict(Job(give_way=said))
    print("done", flush=True)
"""


@pytest.fixture(scope="module")
def compressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of compressed sessions that may be evicted."""
    folder = tmp_path_factory.mktemp("evictions")
    maker = TraceMaker(7)
    for number in range(EPISODES):
        lines = b"".join(maker.session(number, 30, 120))
        (folder / f"{number:03}.jsonl").write_bytes(lines)
    path = folder / "whole.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths(sorted(folder.glob("*.jsonl")))
        memory.recall.prepare()
        memory.compression.compress(ids(memory))
        memory.compression.ageing.set(EVICT)
    return path


def ids(memory: Memory) -> list[int]:
    results = memory.episodes.find(EpisodeQuery())
    return results.window(0, len(results))


def examine(memory: Memory) -> int:
    """Each episode is whole with its bytes, or evicted in every respect; how many of these."""
    assert memory.figures.health(check=True).problems == ()
    assert memory.audit.verify().broken_at is None
    rows = {row.subject: row for row in memory.audit.page() if row.action == "evict"}
    evicted = 0
    for episode in memory.episodes.get(ids(memory)):
        gone = episode.evicted_at is not None
        evicted += gone
        steps = memory.steps.read(episode.id)
        assert any(step.flags & StepFlag.ABRIDGED for step in steps) is gone
        assert memory.compression.read(episode.id).spans
        assert (f"episode:{episode.id}" in rows) is gone
        if gone:
            assert rows[f"episode:{episode.id}"].after == memory.episodes.detail(episode.id).digest
            with pytest.raises(Evicted):
                memory.originals.record(episode.id)
        else:
            assert memory.originals.record(episode.id)
    return evicted


def test_a_killed_eviction_leaves_each_episode_whole_or_evicted(
    compressed: Path, tmp_path: Path
) -> None:
    chance = random.Random(3)
    midway = 0
    for number in range(8):
        # Copies that go ways of their own are one store to a machine that remembers it.
        shutil.rmtree(data_folder() / "audit" / "checkpoints", ignore_errors=True)
        store = tmp_path / f"{number}.hpm"
        shutil.copy(compressed, store)
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(store)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(chance.randrange(1, EPISODES + 12)):
            if child.stdout.readline() == "done\n":
                break
        time.sleep(chance.uniform(0, 0.05))
        child.kill()
        child.communicate()
        with open_memory(store) as memory:
            evicted = examine(memory)
            midway += 0 < evicted < EPISODES
            done = memory.compression.ageing.evict()
            assert (done.episodes, done.wiped) == (EPISODES - evicted, True)
            assert examine(memory) == EPISODES
            assert not memory.compression.ageing.outlook().unwiped
    assert midway > 0, "no kill fell between two episodes: the test tested nothing"


def test_a_full_disk_undoes_the_transaction_and_says_so(compressed: Path, tmp_path: Path) -> None:
    store = tmp_path / "full.hpm"
    shutil.copy(compressed, store)
    failed = 0
    with open_memory(store) as memory:
        pages = memory.internals.database.pragma("page_count")
        for spare in range(0, 40, 4):
            memory.internals.database.pragma(f"max_page_count = {pages + spare}")
            try:
                memory.compression.ageing.evict()
            except CannotWrite as error:
                assert "no space left" in str(error)
                failed += 1
                examine(memory)
        memory.internals.database.pragma("max_page_count = 1000000")
        memory.compression.ageing.evict()
        assert examine(memory) == EPISODES
    assert failed, "the disk was never full: the test tested nothing"


def test_no_space_to_write_the_file_anew_is_said_and_made_up_later(
    compressed: Path, tmp_path: Path
) -> None:
    store = tmp_path / "small.hpm"
    shutil.copy(compressed, store)
    room = store.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_memory(store) as memory:
        memory.internals.database.pragma("wal_autocheckpoint = 20")
        # The first room that the rows fit into, but not all pages once more in the log.
        for tenth in range(10, 30):
            resource.setrlimit(resource.RLIMIT_FSIZE, (room * tenth // 10, before[1]))
            try:
                with pytest.raises(CannotWrite):
                    memory.compression.ageing.evict()
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            if examine(memory):
                break
        assert examine(memory) == EPISODES, "what was evicted stays so"
        assert memory.compression.ageing.outlook().unwiped
        assert memory.compression.ageing.evict().wiped
        assert examine(memory) == EPISODES
