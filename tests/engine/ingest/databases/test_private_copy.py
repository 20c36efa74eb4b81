"""A database is read from a consistent copy, and nothing beside it is made or changed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.databases.kind import Selection
from hpm_engine.ingest.databases.open_tables import OpenTables
from hpm_engine.ingest.databases.private_copy import Part, PrivateCopy
from hpm_engine.ingest.sources.beside import sibling_file

MOST = 1 << 30
# A writer that keeps a sum over two rows: any copy between two transactions has it.
WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA wal_autocheckpoint=20")
print("writing", flush=True)
number = 0
while True:
    number += 1
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE t SET n = ?, filler = randomblob(3000) WHERE id = 1", (number,))
    db.execute("INSERT INTO log (n, filler) VALUES (?, randomblob(2000))", (number,))
    db.execute("DELETE FROM log WHERE n < ?", (number - 50,))
    db.execute("UPDATE t SET n = ?, filler = randomblob(3000) WHERE id = 2", (-number,))
    db.execute("COMMIT")
"""


def parts(path: Path) -> Part:
    sibling = sibling_file(path)
    return lambda ending: sibling(path.name + ending)


def numbers(copy: PrivateCopy) -> list[object]:
    with closing(OpenTables(copy.path, copy.size)) as tables:
        return list(tables.values("n", Selection("t", order=("id",))))


def states(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        path.name: (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes())
        for path in folder.iterdir()
    }


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A database in WAL mode, open in this process, all of it in its log."""
    path = tmp_path / "agent" / "a.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n, filler)")
        writer.execute("CREATE TABLE log (n, filler)")
        writer.execute("INSERT INTO t (id, n) VALUES (1, 0), (2, 0)")
        yield path


def test_what_is_only_in_the_log_is_read(path: Path) -> None:
    assert b"CREATE TABLE" not in path.read_bytes()  # an empty page
    assert numbers(PrivateCopy("a", parts(path), MOST)) == [0, 0]


@pytest.mark.parametrize("page", [b"", bytes(4096)])
def test_a_database_without_a_first_page_is_read_from_its_log(path: Path, page: bytes) -> None:
    folder = path.parent.parent / "moved"
    folder.mkdir()
    (folder / "b.db").write_bytes(page)
    (folder / "b.db-wal").write_bytes(path.with_name("a.db-wal").read_bytes())
    assert numbers(PrivateCopy("b", parts(folder / "b.db"), MOST)) == [0, 0]


@pytest.mark.parametrize("log", [None, b""])
def test_no_log_and_an_empty_one_are_alike(path: Path, log: bytes | None) -> None:
    alone = path.parent.parent / "alone.db"
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("VACUUM INTO ?", (str(alone),))
    if log is not None:
        alone.with_name("alone.db-wal").write_bytes(log)
    assert numbers(PrivateCopy("alone", parts(alone), MOST)) == [0, 0]


def test_nothing_beside_a_database_is_made_or_changed(path: Path) -> None:
    before = states(path.parent)
    copy = PrivateCopy("a", parts(path), MOST)
    numbers(copy)
    assert states(path.parent) == before
    folder = copy.path.parent
    assert folder.is_dir()
    del copy
    assert not folder.exists()


def test_what_a_killed_import_left_goes_with_the_next_copy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(path.parent.parent))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left = path.parent.parent / f".hpm-database-{ended.pid}-0123abcd.unfinished"
    left.mkdir()
    (left / "copy.db").write_bytes(b"private")
    copy = PrivateCopy("a", parts(path), MOST)
    assert not left.exists()
    assert copy.path.parent.parent == left.parent
    assert copy.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_missing_database_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CannotImport, match="gone"):
        PrivateCopy("a", parts(tmp_path / "a.db"), MOST)
    assert not list(tmp_path.iterdir())


def test_a_copy_beside_a_busy_writer_is_of_one_moment(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
    ) as writer:
        try:
            assert writer.stdout is not None
            writer.stdout.readline()
            moments = set()
            for _ in range(12):
                try:
                    first, second = numbers(PrivateCopy("a", parts(path), MOST))
                except CannotImport as error:
                    assert "writes to it all the time" in str(error)
                    continue
                assert isinstance(first, int)
                assert second == -first
                moments.add(first)
        finally:
            writer.kill()
    assert moments


def test_an_interrupted_transaction_is_rolled_back_in_the_copy(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n, filler)")
        writer.executemany("INSERT INTO t (n, filler) VALUES (?, randomblob(500))", [(1,)] * 500)
        writer.commit()
        writer.execute("PRAGMA cache_size=5")
        writer.execute("UPDATE t SET n = 2, filler = randomblob(500)")  # pages spill to the file
        assert path.with_name("a.db-journal").stat().st_size
        assert set(numbers(PrivateCopy("a", parts(path), MOST))) == {1}


def test_a_journal_that_names_other_files_is_not_followed(tmp_path: Path) -> None:
    path, victim = tmp_path / "a.db", tmp_path / "victim"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n)")
        writer.execute("INSERT INTO t (n) VALUES (7)")
        writer.commit()
    victim.write_bytes(b"")
    name = str(victim).encode()
    magic = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
    trailer = len(name).to_bytes(4, "big") + sum(name).to_bytes(4, "big") + magic
    header = magic + (0).to_bytes(4, "big") * 3 + (512).to_bytes(4, "big") + bytes(4)
    journal = header.ljust(512, b"\0") + bytes(4) + name + trailer
    path.with_name("a.db-journal").write_bytes(journal)
    assert numbers(PrivateCopy("a", parts(path), MOST)) == [7]
    assert victim.exists()


def test_a_copy_above_the_limit_is_refused(path: Path) -> None:
    with pytest.raises(LimitExceeded, match="limit for one file"):
        PrivateCopy("a", parts(path), 10_000)
