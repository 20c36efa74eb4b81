"""A store under a passphrase: nothing of it can be read without, and all of it with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import (
    BadPassphrase,
    Cancelled,
    CannotWrite,
    Job,
    LockedStore,
    Memory,
    StoreBusy,
    WrongPassphrase,
    back_up,
    change_passphrase,
    lock,
    open_memory,
    salvage,
    under_passphrase,
    unlock,
)
from hpm_engine.index.cache import cache_files
from hpm_engine.store.file.seal import PASSPHRASE_FILE, keyring
from tests.support.learned_store import learned_store

PASSPHRASE = "horse battery staple"
CANARY = b"beehive records"  # what sessions of the store speak of


@pytest.fixture(autouse=True)
def no_keys() -> Iterator[None]:
    keyring._keys.clear()
    yield
    keyring._keys.clear()


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learned_store(tmp_path_factory.mktemp("learned"), episodes=4)


@pytest.fixture
def store(learned: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(learned, tmp_path / "s.hpm"))


def content(memory: Memory) -> dict[str, list[object]]:
    """Every row of every table with its number, but for those of the log, which grows."""
    db = memory.internals.database
    sql = (
        "SELECT name, sql FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    rows: dict[str, list[object]] = {}
    for name, text in db.rows(sql):
        if "VIRTUAL" in text or name.startswith("audit"):
            continue
        number = "" if "WITHOUT ROWID" in text else "rowid, "
        rows[name] = sorted(map(repr, db.rows(f'SELECT {number}* FROM main."{name}"')))
    return rows


def shape(memory: Memory) -> list[object]:
    return memory.internals.database.rows(
        "SELECT type, name, sql FROM main.sqlite_master ORDER BY 1, 2"
    )


def test_it_is_the_same_store_and_its_file_says_nothing(store: Path) -> None:
    with open_memory(store) as memory:
        memory.recall.ask("sort the beehive records")
        before, tables, rows = content(memory), shape(memory), memory.audit.verify().rows
    change = change_passphrase(store, PASSPHRASE, actor="me")
    assert (change.was, change.sealed, change.scrubbed) == (False, True, True)
    assert under_passphrase(store)
    assert oct(store.stat().st_mode & 0o777) == oct(0o600)
    assert [path.name for path in store.parent.iterdir()] == ["s.hpm"]
    raw = store.read_bytes()
    assert b"SQLite" not in raw
    assert b"settings" not in raw
    lock(store)
    with pytest.raises(LockedStore, match="under a passphrase"):
        open_memory(store)
    unlock(store, PASSPHRASE)
    with open_memory(store, actor="me") as memory:
        assert content(memory) == before
        assert shape(memory) == tables
        assert not memory.figures.health(check=True).problems
        assert memory.audit.verify().rows == rows + 1
        assert memory.recall.ask("sort the beehive records").hits
        assert memory.internals.database.pragma("page_size") == 8192


def test_the_way_back_gives_the_same_rows(store: Path) -> None:
    with open_memory(store) as memory:
        before = content(memory)
    change_passphrase(store, PASSPHRASE)
    change = change_passphrase(store, "another horse entirely")
    assert (change.was, change.sealed) == (True, True)
    with pytest.raises(WrongPassphrase):
        unlock(store, PASSPHRASE)
    change = change_passphrase(store, None)
    assert (change.was, change.sealed) == (True, False)
    assert not under_passphrase(store)
    lock(store)
    with open_memory(store) as memory:
        assert content(memory) == before
        assert not memory.figures.health(check=True).problems


def test_what_is_written_later_is_unreadable_too(store: Path) -> None:
    change_passphrase(store, PASSPHRASE)
    with open_memory(store) as memory, open_memory(store, read_only=True) as reader:
        memory.internals.database._folded = 9e99  # what is written stays in the log of writes
        memory.settings.set("canary", "zebrafinch")
        assert reader.settings.all()["canary"] == "zebrafinch"
        for path in store.parent.iterdir():
            assert b"zebrafinch" not in path.read_bytes()
            assert path.stat().st_mode & 0o077 == 0
    assert b"zebrafinch" not in store.read_bytes()


def test_a_backup_is_under_the_same_passphrase(store: Path) -> None:
    change_passphrase(store, PASSPHRASE)
    copy = store.with_name("copy.hpm")
    with open_memory(store) as memory:
        back_up(memory, copy)
    lock(store)
    with pytest.raises(LockedStore):
        open_memory(copy)
    unlock(copy, PASSPHRASE)
    with open_memory(copy) as memory:
        assert memory.audit.verify().broken_at is None


def test_no_cache_is_kept_in_clear(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    with open_memory(store) as memory:
        for cache in cache_files(memory.internals.database):
            cache.parent.mkdir(parents=True, exist_ok=True)
            cache.write_bytes(b"vectors")
    change_passphrase(store, PASSPHRASE)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize("passphrase", ["", "short", "two\nlines of text", "x" * 1_001])
def test_a_passphrase_that_is_none(store: Path, passphrase: str) -> None:
    before = store.read_bytes()
    with pytest.raises(BadPassphrase):
        change_passphrase(store, passphrase)
    assert store.read_bytes() == before


def test_nobody_else_may_have_it_open(store: Path) -> None:
    with open_memory(store, read_only=True), pytest.raises(StoreBusy):
        change_passphrase(store, PASSPHRASE)
    assert not under_passphrase(store)
    assert not keyring._keys
    assert [path.name for path in store.parent.iterdir()] == ["s.hpm"]


def test_a_stop_leaves_it_as_it_was(store: Path) -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        change_passphrase(store, PASSPHRASE, job)
    assert not under_passphrase(store)
    with open_memory(store) as memory:
        assert memory.figures.stats().episodes == 4
    assert [path.name for path in store.parent.iterdir()] == ["s.hpm"]


def test_no_room(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(store.parent)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(CannotWrite, match="free"):
        change_passphrase(store, PASSPHRASE)
    assert not under_passphrase(store)


def test_a_file_with_a_second_name_is_not_overwritten(store: Path) -> None:
    other = store.with_name("other.hpm")
    os.link(store, other)
    assert not change_passphrase(store, PASSPHRASE).scrubbed
    with open_memory(other) as memory:
        assert memory.figures.stats().episodes == 4


def test_a_program_that_cannot_be_asked(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_passphrase(store, PASSPHRASE)
    lock(store)
    named = tmp_path / "pass"
    named.write_text(PASSPHRASE + "\n")
    monkeypatch.setenv(PASSPHRASE_FILE, str(named))
    named.chmod(0o644)
    with pytest.raises(LockedStore, match="chmod 600"):
        open_memory(store)
    named.chmod(0o600)
    with open_memory(store) as memory:
        assert memory.figures.stats().episodes == 4
    named.write_text("something else\n")
    lock(store)
    with pytest.raises(WrongPassphrase):
        open_memory(store)
    named.unlink()
    with pytest.raises(LockedStore, match=PASSPHRASE_FILE):
        open_memory(store)


def test_bytes_changed_in_the_file_are_noticed(store: Path) -> None:
    change_passphrase(store, PASSPHRASE)
    raw = bytearray(store.read_bytes())
    raw[len(raw) // 2] ^= 1
    store.write_bytes(raw)
    with open_memory(store, read_only=True) as memory:
        assert memory.figures.health(check=True).problems


def test_what_is_salvaged_is_under_the_same_passphrase(store: Path) -> None:
    change_passphrase(store, PASSPHRASE)
    raw = bytearray(store.read_bytes())
    raw[-20_000:-12_000] = os.urandom(8_000)
    store.write_bytes(raw)
    new = store.with_name("new.hpm")
    report = salvage(store, new)
    assert report.texts
    assert under_passphrase(new)
    assert b"SQLite" not in new.read_bytes()
    lock(new)
    with pytest.raises(LockedStore):
        open_memory(new)
    unlock(new, PASSPHRASE)
    with open_memory(new) as memory:
        assert not memory.figures.health(check=True).problems
