"""What is no trace is remembered without its bytes; secrets' usual places are not even opened."""

from __future__ import annotations

import io
import json
import os
import socket
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import Cancelled, Changed, FileStatus, Job, Memory, Progress, open_memory
from hpm_engine.errors import CannotImport
from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.sources.secret_places import is_secret_place
from hpm_engine.store.file.driver import load_driver

SECRET = b"sk-test-8271"
PLACES = (
    *(".env", "web/.env", ".env.local", "prod.env", ".credentials.json", "credentials"),
    *("id_rsa", "id_ed25519", "server.pem", "tls.key", ".netrc", ".npmrc", ".pypirc"),
    *(".aws/config", ".ssh/config", ".gnupg/private-keys", "auth.json", "access_token"),
    *("Cookies", "cookies.sqlite", "login.keychain-db", "credentials.json.gz", "AUTH.JSON"),
    *("token.json.bak", ".claude.json", "oauth_creds.json", "C:\\u\\.aws\\credentials"),
    *("logs.zip!/.ssh/known_hosts", "logs.zip!/deploy/.env"),
)
NO_PLACES = (
    *("session.jsonl", "auth-refactor.jsonl", "tokens-per-day.json", "id_rsa.pub", "keys.jsonl"),
    *("environment.json", "credentials-talk.jsonl", "monkey", "env/run.json", "secret_santa.json"),
)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of made-up files that are no sessions."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "notes.txt").write_bytes(b"remember the milk")
    (folder / ".credentials.json").write_bytes(b'{"key": "%s"}' % SECRET)
    (folder / ".env").write_bytes(b"KEY=" + SECRET)
    (folder / "photo.png").write_bytes(b"\x89PNG" + SECRET * 100)
    return folder


@pytest.mark.parametrize("name", PLACES)
def test_a_place_of_secrets_is_known_by_its_name(name: str) -> None:
    assert is_secret_place(name)
    assert is_secret_place(f"/home/ada/{name}")


@pytest.mark.parametrize("name", NO_PLACES)
def test_a_name_that_is_only_alike_is_no_such_place(name: str) -> None:
    assert not is_secret_place(name)


def chunks(memory: Memory) -> int:
    count: int = memory.internals.database.value("SELECT count(*) FROM raw_chunks")
    return count


def test_nothing_of_a_non_trace_is_copied_and_no_digest_of_a_secret(
    memory: Memory, folder: Path
) -> None:
    report = memory.import_paths([folder])
    assert {file.status for file in report.files} == {FileStatus.ASIDE}
    assert chunks(memory) == 0
    assert SECRET not in memory.path.read_bytes()
    rows = dict(memory.internals.database.rows("SELECT path, sha256 FROM aside"))
    digests = {Path(path).name: digest for path, digest in rows.items()}
    assert digests[".env"] is None and digests[".credentials.json"] is None
    assert digests["notes.txt"] is not None
    aside = {Path(file.path).name: file for file in memory.sources.aside()}
    assert "secrets; not read" in aside[".env"].reason
    assert aside["photo.png"].size == 1204
    [row] = [row for row in memory.audit.page() if row.action == "set aside"]
    assert json.loads(row.detail) == {"files": 4, "size": sum(file.size for file in aside.values())}


def test_a_place_of_secrets_is_not_opened(
    memory: Memory, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    before = Path.open

    def note(self: Path, *args: object, **kwargs: object) -> object:
        opened.append(self.name)
        return before(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", note)
    (folder / "innocent.json").symlink_to(folder / ".env")
    memory.import_paths([folder, folder / ".env"])
    assert "photo.png" in opened
    assert not {".env", ".credentials.json", "innocent.json"} & set(opened)


def test_secrets_inside_archives_are_left_out_too(memory: Memory, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("home/.env", SECRET)
        archive.writestr("home/readme.txt", "hello")
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        info = tarfile.TarInfo(".aws/credentials")
        info.size = len(SECRET)
        tar.addfile(info, io.BytesIO(SECRET))
    report = memory.import_paths([tmp_path / "a.zip", tmp_path / "b.tar"])
    reasons = {file.path.rsplit("/", 1)[-1]: file.reason for file in report.files}
    assert "secrets" in reasons[".env"] and "secrets" in reasons["credentials"]
    assert "secrets" not in reasons["readme.txt"]
    assert not report.with_status(FileStatus.FAILED)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_sockets_pipes_and_links_are_set_aside(
    memory: Memory, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "out").symlink_to("/etc/hostname")
    (folder / "broken").symlink_to(folder / "nothing")
    (folder / "loop").symlink_to(folder / "loop")
    monkeypatch.chdir(folder)  # a socket's name may be no longer than 108 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        report = memory.import_paths([folder])
    assert {file.status for file in report.files} == {FileStatus.ASIDE}
    names = {Path(file.path).name for file in report.files}
    assert {"pipe", "out", "broken", "loop", "socket"} <= names
    given = memory.import_paths([folder / "pipe"])
    assert given.files[0].status is FileStatus.FAILED


def test_the_same_files_again_change_nothing_and_a_changed_one_is_noted(
    memory: Memory, folder: Path
) -> None:
    memory.import_paths([folder])
    again = memory.import_paths([folder])
    assert {file.status for file in again.files} == {FileStatus.UNCHANGED}
    assert again.changed is Changed.NOTHING
    (folder / "notes.txt").write_bytes(b"remember the bread")
    report = memory.import_paths([folder])
    assert [Path(file.path).name for file in report.with_status(FileStatus.ASIDE)] == ["notes.txt"]
    assert len(memory.sources.aside()) == 4


def test_a_file_that_becomes_a_trace_is_set_aside_no_longer(memory: Memory, folder: Path) -> None:
    path = folder / "notes.txt"
    memory.import_paths([path])
    line = {"type": "user", "sessionId": "s", "uuid": "u", "message": {"content": "hello"}}
    path.write_text(json.dumps(line) + "\n")
    assert memory.import_paths([path]).files[0].status is FileStatus.ADDED
    assert memory.sources.aside() == ()


def test_many_small_files_cost_no_log_row_each(memory: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number}.x").write_bytes(b"%d" % number)
    report = memory.import_paths([folder])
    assert len(report.with_status(FileStatus.ASIDE)) == 300
    rows = [row for row in memory.audit.page() if row.action == "set aside"]
    assert sum(json.loads(row.detail)["files"] for row in rows) == 300
    assert len(rows) < 30
    assert memory.audit.verify().broken_at is None
    assert memory.figures.health(check=True).problems == ()


def test_a_check_finds_nothing_wrong_with_a_large_file_set_aside(
    memory: Memory, tmp_path: Path
) -> None:
    with (tmp_path / "large.bin").open("wb") as stream:
        stream.truncate(17 * 1024 * 1024)
    report = memory.import_paths([tmp_path / "large.bin"])
    assert report.files[0].status is FileStatus.ASIDE
    assert memory.figures.health(check=True).problems == ()


def earlier_store(path: Path) -> None:
    """A store of the schema that kept the bytes of non-traces, with two of them."""
    open_memory(path, create=True).close()
    connection = load_driver().connect(str(path))
    sql = (
        "INSERT INTO sources (path, format, sha256, size, stored, state, reason, imported_at)"
        " VALUES (?, '', ?, ?, ?, 'aside', ?, 1)"
    )
    for name, data in (("/home/ada/.env", SECRET * 9), ("/home/ada/n.txt", b"milk")):
        reason = f"{name}: Not a trace: plain text."
        row = connection.execute(sql, (name, data[:4] * 8, len(data), len(data), reason))
        values = (row.lastrowid, len(data), data)
        connection.execute("INSERT INTO raw_chunks VALUES (?, 0, ?, ?)", values)
    for statement in (
        "DROP TABLE aside",
        "DROP TABLE aside_reasons",
        "DELETE FROM _sqlite_migrations WHERE name = 'm014_no_bytes_of_non_traces'",
        "PRAGMA user_version = 13",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_earlier_store_is_freed_of_such_bytes_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "earlier.hpm"
    earlier_store(path)
    with open_memory(path) as memory:
        assert "The bytes of 2 files that were no traces (112 bytes)" in caplog.text
        assert chunks(memory) == 0
        rows = dict(memory.internals.database.rows("SELECT path, sha256 FROM aside"))
        assert rows == {"/home/ada/.env": None, "/home/ada/n.txt": b"milk" * 8}
        assert {file.reason for file in memory.sources.aside()} == {"Not a trace: plain text."}
        [row] = [row for row in memory.audit.page() if row.action == "upgrade"]
        assert json.loads(row.detail)["files_freed"] == 2
        assert json.loads(row.detail)["bytes_freed"] == 112
        assert memory.compression.ageing.outlook().unwiped
        memory.compression.ageing.run()
        assert not memory.compression.ageing.outlook().unwiped
        assert memory.figures.health(check=True).problems == ()
    assert SECRET not in path.read_bytes()


def test_the_bytes_of_a_damaged_trace_are_kept_until_it_can_be_read(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.jsonl"
    line = {"type": "user", "sessionId": "s", "uuid": "u", "message": {"content": "hello"}}
    path.write_text(json.dumps(line) + "\n")

    def fail(self: object, source: object) -> Iterator[object]:
        raise CannotImport("its line 1 has an unknown shape")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(ClaudeCodeReader, "read", fail)
        assert memory.import_paths([path]).files[0].status is FileStatus.FAILED
        assert memory.import_paths([path]).changed is Changed.NOTHING
    [damaged] = memory.sources.aside()
    assert (damaged.status, damaged.reason) == (
        FileStatus.FAILED,
        "its line 1 has an unknown shape",
    )
    assert chunks(memory) == 1
    assert memory.figures.health(check=True).problems == ()
    assert memory.import_paths([path]).files[0].status is FileStatus.ADDED
    assert memory.sources.aside() == ()
    assert b"".join(memory.originals.whole(1)) == path.read_bytes()


def test_an_import_waits_for_another_that_takes_long(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.store.file.database.BUSY_TIMEOUT_MS", 20)
    store = tmp_path / "busy.hpm"
    open_memory(store, create=True).close()
    other = load_driver().connect(str(store), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waits = []

    def look(progress: Progress) -> None:
        if "waiting" in progress.note:
            waits.append(progress)
            if len(waits) == 3 and other.in_transaction:
                other.execute("ROLLBACK")

    with open_memory(store) as memory:
        report = memory.import_paths([folder], job=Job(look, 0.0))
        assert len(report.with_status(FileStatus.ASIDE)) == 4
        assert len(waits) >= 3
        other.execute("BEGIN IMMEDIATE")
        stopping = Job(None)
        stopping.cancel()
        with pytest.raises(Cancelled):
            memory.import_paths([folder], job=stopping)
        other.execute("ROLLBACK")
    other.close()
