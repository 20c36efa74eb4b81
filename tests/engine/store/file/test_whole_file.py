"""A store that was closed is one file, and that file is all of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import permutations
from pathlib import Path

import pytest

from hpm_engine.memory import Memory, open_memory

KILLED = (
    "import os, signal, sys; from pathlib import Path; from hpm_engine import open_memory\n"
    "memory = open_memory(Path(sys.argv[1])); memory.settings.set('colour', 'green')\n"
    "memory.internals.database._folded = 9e99; memory.settings.set('colour', 'red')\n"
    "os.kill(os.getpid(), signal.SIGKILL)"
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    open_memory(tmp_path / "s.hpm", create=True).close()
    return tmp_path / "s.hpm"


def alone(store: Path) -> Memory:
    """What a copy of the one file holds, on another stick so to speak."""
    folder = store.parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    return open_memory(shutil.copy(store, folder / "copy.hpm"), read_only=True)


def beside(store: Path) -> list[str]:
    return sorted(path.name for path in store.parent.iterdir() if path.is_file())


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_whichever_connection_closes_last(store: Path, order: tuple[int, ...]) -> None:
    writer, *readers = (open_memory(store, read_only=ro) for ro in (False, True, True))
    for reader in readers:
        assert reader.audit.count() >= 0
    writer.internals.database._folded = 9e99  # nothing is folded on the way
    writer.settings.set("colour", "red")
    everybody = (writer, *readers)
    for number in order:
        everybody[number].close()
    assert beside(store) == ["s.hpm"]
    with alone(store) as memory:
        assert memory.settings.all()["colour"] == "red"
        assert not memory.figures.health(check=True).problems


def test_it_is_whole_while_it_is_open_too(store: Path) -> None:
    with open_memory(store) as memory, open_memory(store, read_only=True):
        memory.settings.set("colour", "red")
        assert memory.figures.health().wal_size == 0
        with alone(store) as copy:
            assert copy.settings.all()["colour"] == "red"


def test_a_reader_in_the_midst_of_a_read_is_not_waited_for(store: Path) -> None:
    with open_memory(store) as memory, open_memory(store, read_only=True) as reader:
        with reader.internals.database.reading():
            assert "colour" not in reader.settings.all()
            memory.settings.set("colour", "red")
            assert memory.figures.health().wal_size > 0
        assert reader.settings.all()["colour"] == "red"
    assert beside(store) == ["s.hpm"]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("read_only", [True, False])
def test_what_a_killed_process_left_is_folded_at_the_next_close(
    store: Path, read_only: bool
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(store)])
    assert killed.returncode == -signal.SIGKILL
    assert "s.hpm-wal" in beside(store)
    with open_memory(store, read_only=read_only) as memory:
        assert memory.figures.health().wal_size > 0
        assert memory.settings.all()["colour"] == "red"
    assert beside(store) == ["s.hpm"]
    with alone(store) as memory:
        assert memory.settings.all()["colour"] == "red"


def test_readers_leave_nothing_and_change_nothing(store: Path) -> None:
    before, when = store.read_bytes(), store.stat().st_mtime_ns
    with ExitStack() as stack:
        for _ in range(4):
            memory = stack.enter_context(open_memory(store, read_only=True))
            assert memory.figures.health(check=True).problems == ()
    assert (store.read_bytes(), store.stat().st_mtime_ns) == (before, when)
    assert beside(store) == ["s.hpm"]


def test_two_that_close_at_the_same_moment(store: Path) -> None:
    for round_ in range(30):
        barrier = threading.Barrier(3)
        threads = [
            threading.Thread(target=_change_and_close, args=(store, f"{round_}.{n}", barrier))
            for n in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not _waiting(store)
    open_memory(store, read_only=True).close()
    assert beside(store) == ["s.hpm"]
    with alone(store) as memory:
        assert len([name for name in memory.settings.all() if name.startswith("by ")]) == 90


def _change_and_close(store: Path, name: str, barrier: threading.Barrier) -> None:
    memory = open_memory(store)
    memory.internals.database._folded = 9e99
    memory.settings.set(f"by {name}", "yes")
    barrier.wait()
    memory.close()


def _waiting(store: Path) -> int:
    wal = store.with_name(store.name + "-wal")
    return wal.stat().st_size if wal.exists() else 0


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """A process without the rights of an administrator, where there are other users."""
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    yield
    os.setresuid(0, 0, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_a_store_that_may_not_be_written_yet(store: Path, request: pytest.FixtureRequest) -> None:
    for path in (store, store.parent):
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
    for parent in store.parents:
        if os.geteuid() == 0 and parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
            if parent == Path("/tmp"):
                break
    request.getfixturevalue("as_nobody")
    store.chmod(0o400)
    with open_memory(store, read_only=True) as memory:
        assert memory.settings.all()
    assert beside(store) == ["s.hpm"]
    for name in ("s.hpm-wal", "s.hpm-shm"):  # as an earlier version left them
        store.with_name(name).touch(mode=0o400)
        store.with_name(name).chmod(0o400)
    store.chmod(0o600)
    with open_memory(store) as memory:
        memory.settings.set("colour", "red")
    assert beside(store) == ["s.hpm"]
