from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import errors
from hpm_engine.memory import open_memory
from hpm_engine.store.file.driver import load_driver, wal_is_safe
from hpm_engine.store.schema.migrations import APPLICATION_ID, SCHEMA
from tests.support.store_statements import change


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "a.hpm"
    open_memory(path, create=True).close()
    return path


def test_a_new_store_has_our_mark_and_schema_and_only_its_owner_may_read_it(store: Path) -> None:
    header = store.read_bytes()[:100]
    assert int.from_bytes(header[68:72], "big") == APPLICATION_ID
    assert int.from_bytes(header[60:64], "big") == SCHEMA
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_a_store_that_cannot_be_made_leaves_no_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.hpm"

    def fails(connection: object) -> None:
        raise load_driver().OperationalError("database or disk is full")

    monkeypatch.setattr("hpm_engine.store.file.database.migrate", fails)
    with pytest.raises(errors.CannotWrite, match="no space left"):
        open_memory(path, create=True)
    assert not list(tmp_path.iterdir())


def test_a_store_that_is_moved_while_it_is_made_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.hpm"

    def moved(connection: object) -> None:
        path.rename(tmp_path / "b.hpm")
        raise load_driver().OperationalError("disk I/O error")

    monkeypatch.setattr("hpm_engine.store.file.database.migrate", moved)
    with pytest.raises(errors.HPMError):
        open_memory(path, create=True)


def test_a_store_that_was_cut_within_a_page_is_told(store: Path) -> None:
    with open_memory(store) as memory:
        memory.settings.set("long", "x" * 100_000)  # the end is of no index of the schema
    with store.open("r+b") as file:
        file.truncate(store.stat().st_size - 1)
    with open_memory(store, read_only=True) as memory:
        assert any("cut" in problem for problem in memory.figures.health(check=True).problems)


def test_an_existing_store_opens_again_with_the_same_identity(store: Path) -> None:
    with open_memory(store) as first:
        store_id = first.settings.all()["store_id"]
    with open_memory(store, create=True) as second:
        assert second.settings.all()["store_id"] == store_id


def test_a_missing_file_and_a_missing_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(errors.StoreMissing, match="no such file"):
        open_memory(tmp_path / "none.hpm")
    with pytest.raises(errors.StoreMissing, match=r"folder .* does not exist"):
        open_memory(tmp_path / "nowhere" / "none.hpm", create=True)
    assert not list(tmp_path.iterdir())


def test_another_programs_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.hpm"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(errors.NotAStore, match="another program"):
            open_memory(path, read_only=read_only, create=not read_only)
    assert path.read_bytes() == before


def test_a_text_file_a_folder_and_an_empty_file_are_no_stores(tmp_path: Path) -> None:
    text = tmp_path / "notes.hpm"
    text.write_text("not a database at all " * 100)
    with pytest.raises(errors.NotAStore):
        open_memory(text, create=True)
    with pytest.raises(errors.NotAStore, match="folder"):
        open_memory(tmp_path)
    empty = tmp_path / "empty.hpm"
    empty.touch()
    with pytest.raises(errors.NotAStore, match="empty"):
        open_memory(empty)
    assert text.read_text().startswith("not a database")
    assert empty.stat().st_size == 0


def test_a_newer_schema_is_refused_with_the_remedy(store: Path) -> None:
    change(store, f"PRAGMA user_version = {SCHEMA + 1}")
    before = store.read_bytes()
    with pytest.raises(errors.NewerStore, match=r"newer version .* Update HPM Inspector"):
        open_memory(store)
    assert store.read_bytes() == before


def test_a_damaged_file_is_named_as_damaged(store: Path) -> None:
    data = bytearray(store.read_bytes())
    data[4096 : 4096 * 12] = b"\xa5" * (4096 * 11)
    store.write_bytes(data)
    with pytest.raises(errors.DamagedStore, match="doctor"), open_memory(store) as memory:
        memory.figures.stats()


def test_a_store_that_carries_foreign_code_is_refused(store: Path) -> None:
    change(store, "CREATE TRIGGER evil AFTER INSERT ON tags BEGIN DELETE FROM episodes; END")
    with pytest.raises(errors.DamagedStore, match="evil"):
        open_memory(store, read_only=True)


def test_a_store_locked_by_another_writer_says_so_and_readers_go_on(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.store.file.database.BUSY_TIMEOUT_MS", 50)
    other = load_driver().connect(str(store), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_memory(store) as memory:
        with pytest.raises(errors.StoreBusy, match="another program is writing"):
            memory.settings.set("x", "1")
        assert memory.figures.stats().episodes == 0
    with open_memory(store, read_only=True) as reader:
        assert "x" not in reader.settings.all()
    other.execute("ROLLBACK")
    other.close()


def test_waiting_for_another_writer_can_be_interrupted(store: Path) -> None:
    other = load_driver().connect(str(store), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_memory(store) as memory:
        stop = threading.Timer(0.2, memory.interrupt)
        stop.start()
        started = time.monotonic()
        with pytest.raises(errors.Cancelled):
            memory.settings.set("x", "1")
        assert time.monotonic() - started < 2
        stop.join()
        other.execute("ROLLBACK")
        memory.settings.set("x", "2")
        assert memory.settings.all()["x"] == "2"
    memory.interrupt()  # closed by now: nothing to stop
    other.close()


def test_a_reader_cannot_write(store: Path) -> None:
    with (
        open_memory(store, read_only=True) as memory,
        pytest.raises(errors.ReadOnlyStore, match="reading only"),
    ):
        memory.settings.set("x", "1")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an unprivileged user can reach (pytest's own belong to one user)."""
    folder = Path(tempfile.mkdtemp(prefix="hpm-test-"))
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


def as_nobody(call: object) -> str:
    """What ``call`` raises, or "fine", when run by a user without privileges."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        message = "fine"
        try:
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            call()  # type: ignore[operator]
        except BaseException as error:
            message = f"{type(error).__name__}: {error}"
        os.write(write, message.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as stream:
        return stream.read()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_read_only_medium_can_be_read_and_says_why_it_cannot_be_written(
    open_folder: Path,
) -> None:
    path = open_folder / "a.hpm"
    with open_memory(path, create=True) as memory:
        memory.settings.set("colour", "blue")
    path.chmod(0o444)
    open_folder.chmod(0o555)

    def read() -> None:
        with open_memory(path, read_only=True) as memory:
            assert memory.settings.all()["colour"] == "blue"
            assert memory.figures.stats().episodes == 0

    assert as_nobody(lambda: open_memory(path)).startswith("ReadOnlyStore")
    assert as_nobody(lambda: open_memory(open_folder / "new.hpm", create=True)).startswith(
        "ReadOnlyStore"
    )
    assert as_nobody(read) == "fine"


def test_the_version_gate_knows_which_sqlite_can_corrupt_a_wal() -> None:
    assert [wal_is_safe(v) for v in ((3, 40, 1), (3, 51, 2), (3, 50, 6), (3, 44, 5))] == [False] * 4
    assert [wal_is_safe(v) for v in ((3, 51, 3), (3, 53, 4), (3, 50, 7), (3, 44, 6))] == [True] * 4


def test_an_unsafe_sqlite_gets_a_rollback_journal_and_the_doctor_says_so(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("journal", "doctor"):
        monkeypatch.setattr(f"hpm_engine.store.file.{module}.wal_is_safe", lambda version: False)
    with open_memory(store) as memory:
        health = memory.figures.health()
    assert health.journal_mode == "truncate"
    assert "WAL-reset" in health.problems[0]


def test_the_fixed_sqlite_is_the_one_in_use(store: Path) -> None:
    with open_memory(store) as memory:
        health = memory.figures.health(check=True)
    assert (health.sqlite_driver, health.journal_mode, health.synchronous) == (
        "sqlcipher3",
        "wal",
        "FULL",
    )
    assert health.problems == ()
