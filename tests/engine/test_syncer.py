from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.file.driver import load_driver
from hpm_engine.syncer import Syncer
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.watching.disk import ComputerDisk, Entry
from tests.support.files.growing_session import GrowingSession

KEYS = tuple(f"0000000{number}-1111-4222-8333-444444444444" for number in range(6))


class RefusingDisk(ComputerDisk):
    """The computer's disk, but for a folder that nobody may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def entries(self, folder: str) -> Iterable[Entry]:
        if folder.startswith(self._folder):
            raise PermissionError(13, "Permission denied", folder)
        return super().entries(folder)


def told(memory: Memory) -> dict[str, list[str]]:
    """The texts of every session, step by step."""
    ids = memory.episodes.find(EpisodeQuery()).window(0, 1000)
    return {
        episode.key: [part.text for step in memory.steps.read(episode.id) for part in step.parts]
        for episode in memory.episodes.get(ids)
    }


def settle() -> None:
    """Let a moment pass: a file changed right now is read again, as another change may not show."""
    time.sleep(0.06)


def session(folder: Path, number: int = 0, words: int = 2) -> GrowingSession:
    growing = GrowingSession(folder / f"{KEYS[number]}.jsonl", KEYS[number])
    for word in range(words):
        growing.prompt(f"ask {number}.{word}", 1000 + word)
    growing.write()
    settle()
    return growing


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "sessions").mkdir()
    return tmp_path / "sessions"


def test_only_what_is_new_is_imported(tmp_path: Path, sources: Path) -> None:
    growing = session(sources)
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.chosen.add(sources)
        first = Syncer().sync(memory)
        assert [(source.episodes_added, source.sessions) for source in first.sources] == [(1, 1)]
        second = Syncer().sync(memory)
        assert [(source.new, source.sessions) for source in second.sources] == [(0, 0)]
        growing.reply("done", 2000)
        growing.append()
        third = Syncer().sync(memory)
        (source,) = third.sources
        assert (source.episodes_extended, source.steps_added, source.sessions) == (1, 1, 1)
        assert told(memory) == {KEYS[0]: ["ask 0.0", "ask 0.1", "done"]}
        (chosen,) = memory.chosen.all()
        assert chosen.synced_at and chosen.failure == ""


def test_a_source_that_is_gone_says_so_and_keeps_what_it_brought(
    tmp_path: Path, sources: Path
) -> None:
    session(sources / "one", 0)
    session(sources / "two", 1)
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        for name in ("one", "two"):
            memory.chosen.add(sources / name)
        Syncer().sync(memory)
        shutil.rmtree(sources / "one")
        session(sources / "two", 2)
        report = Syncer().sync(memory)
        one, two = report.sources
        assert "is not there now" in one.failures[0] and str(sources / "one") in one.failures[0]
        assert two.episodes_added == 1
        assert set(told(memory)) == {KEYS[0], KEYS[1], KEYS[2]}
        assert [bool(chosen.failure) for chosen in memory.chosen.all()] == [True, False]
        was, now = (chosen.synced_at for chosen in memory.chosen.all())
        assert 0 < was < now


def test_a_folder_without_permission_stops_nobody(tmp_path: Path, sources: Path) -> None:
    session(sources / "closed", 0)
    session(sources / "open", 1)
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        for name in ("closed", "open"):
            memory.chosen.add(sources / name)
        report = Syncer(disk=RefusingDisk(sources / "closed")).sync(memory)
        closed, open_ = report.sources
        assert "Permission denied" in closed.failures[0]
        assert open_.episodes_added == 1
        assert Syncer().sync(memory).sources[0].episodes_added == 1


def test_a_file_that_fails_is_named_and_read_again_when_it_is_mended(
    tmp_path: Path, sources: Path
) -> None:
    session(sources, 0)
    bad = sources / "bad.zip"
    bad.write_bytes(b"PK\x03\x04 nothing")
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.chosen.add(sources)
        (source,) = Syncer().sync(memory).sources
        assert source.episodes_added == 1
        assert any(str(bad) in failure for failure in source.failures)
        bad.unlink()
        assert Syncer().sync(memory).failures == ()


def test_a_paused_source_is_left_alone_until_it_goes_on(tmp_path: Path, sources: Path) -> None:
    session(sources)
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.chosen.add(sources)
        memory.chosen.pause(sources)
        assert Syncer().sync(memory).sources == ()
        assert told(memory) == {}
        memory.chosen.pause(sources, paused=False)
        assert Syncer().sync(memory).new == 1


def test_a_removed_source_is_not_looked_at_and_its_episodes_stay(
    tmp_path: Path, sources: Path
) -> None:
    session(sources)
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.chosen.add(sources)
        Syncer().sync(memory)
        memory.chosen.remove(sources)
        session(sources, 1)
        assert Syncer().sync(memory).sources == ()
        assert set(told(memory)) == {KEYS[0]}
        actions = [row.action for row in memory.audit.page()]
        assert {"choose source", "leave source", "import"} <= set(actions)
        assert memory.audit.verify().broken_at is None


def test_what_another_version_found_no_session_in_is_read_again(
    tmp_path: Path, sources: Path
) -> None:
    (sources / "letter.txt").write_text("Dear aunt,\n" * 9)
    settle()
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.chosen.add(sources)
        assert Syncer().sync(memory).sources[0].sessions == 1
        assert Syncer().sync(memory).sources[0].sessions == 0
        memory.internals.database.execute("UPDATE read_files SET aside_by = '0.0.1'")
        memory.internals.database.connection.commit()
        assert Syncer().sync(memory).sources[0].sessions == 1


def test_switched_off_it_does_nothing_by_itself(tmp_path: Path, sources: Path) -> None:
    session(sources)
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.chosen.add(sources)
        memory.chosen.set_by_itself(False)
        now = time.time() + 100
        syncer = Syncer(lambda: now, mains=lambda: True)
        assert syncer.keep(memory, Job()) is None
        memory.chosen.set_by_itself(True)
        now += 20
        report = syncer.keep(memory, Job())
        assert report is not None and report.new == 1
        syncer.let_go()


_KEEP = """
import sys, time
from pathlib import Path
from hpm_engine import Job, Syncer, open_memory
with open_memory(Path(sys.argv[1])) as memory:
    syncer = Syncer()
    print("has it" if syncer.take_turn(memory) else "waits", flush=True)
    while True:
        syncer.keep(memory, Job())
        time.sleep(0.2)
"""


@contextmanager
def keeper(store: Path) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-c", _KEEP, str(store)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(store: Path, keys: set[str]) -> None:
    until = time.monotonic() + 60
    seen: set[str] = set()
    while seen != keys:
        assert time.monotonic() < until, seen
        time.sleep(0.2)
        with open_memory(store, read_only=True) as memory:
            seen = set(told(memory))


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_one_program_keeps_a_store_and_a_killed_one_leaves_its_turn(
    tmp_path: Path, sources: Path
) -> None:
    store = tmp_path / "a.hpm"
    with open_memory(store, create=True) as memory:
        memory.chosen.add(sources)
    with keeper(store) as first, ExitStack() as stack:
        assert said(first) == "has it"
        session(sources)
        second = stack.enter_context(keeper(store))
        assert said(second) == "waits"
        wait_for(store, {KEYS[0]})
        first.kill()
        first.wait()
        with open_memory(store) as memory:
            assert memory.audit.verify().broken_at is None
        session(sources, 1)
        wait_for(store, {KEYS[0], KEYS[1]})  # by the second


def test_a_killed_import_is_made_good_by_the_next_look(tmp_path: Path, sources: Path) -> None:
    store = tmp_path / "a.hpm"
    for number in range(len(KEYS)):
        session(sources, number, words=300)
    with open_memory(store, create=True) as memory:
        memory.chosen.add(sources)
    with keeper(store) as process:
        said(process)
        time.sleep(0.3)
    with open_memory(store) as memory:
        Syncer().sync(memory)
        assert set(told(memory)) == set(KEYS)
        connection = load_driver().connect(str(store))
        (count,) = connection.execute("SELECT count(*) FROM read_files").fetchone()
        connection.close()
        assert count == len(KEYS)
