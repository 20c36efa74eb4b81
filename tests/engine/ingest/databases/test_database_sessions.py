"""A database is an archive of sessions: what is read of it, and what cannot hurt."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hpm_engine.ingest.databases.open_tables import LONGEST
from hpm_engine.ingest.sources.limits import Limits
from hpm_engine.ingest.sources.source import SourceFile, Unreadable
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.memory import open_memory
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.reports import FileStatus
from tests.support.files.row_databases import (
    OPENCODE,
    add_opencode,
    made,
    opencode,
    prompt,
    reply,
)
from tests.support.files.trace_sources import read_one, shown, tar_of, zip_of


def walked(path: Path, limits: Limits | None = None) -> list[SourceFile | Unreadable]:
    return list(walk([path], limits) if limits else walk([path]))


def sessions(path: Path) -> dict[str, SourceFile]:
    return {s.name.rsplit("!/", 1)[1]: s for s in walked(path) if isinstance(s, SourceFile)}


def rows(source: SourceFile) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in b"".join(source.blocks()).splitlines()]


def test_each_session_is_a_source_of_its_rows(tmp_path: Path) -> None:
    opencode(tmp_path / "opencode.db")
    first, second = walked(tmp_path / "opencode.db")
    assert isinstance(first, SourceFile) and isinstance(second, SourceFile)
    assert first.name.endswith("opencode.db!/ses_1.jsonl")
    assert rows(first)[0] == {"database": "opencode", "session": "ses_1"}
    tables = [row["table"] for row in rows(first)[1:]]
    assert tables == ["session", "project", "message", "part", "message", "part"]
    assert first.size == sum(map(len, first.blocks()))


def test_bytes_are_the_same_whatever_the_database_does_to_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path)
    before = {name: source.sha256() for name, source in sessions(path).items()}
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE part ADD COLUMN colour TEXT")
        add_opencode(db, "ses_3", [prompt("More")])
        db.commit()
        db.execute("VACUUM")
    after = {name: source.sha256() for name, source in sessions(path).items()}
    assert len(after) == 3
    assert before.items() <= after.items()


def test_odd_values_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path, ("ses_1",))
    with closing(sqlite3.connect(path)) as db:
        values = "CAST(x'ff41' AS TEXT), 'ses_1', 9e999, x'00ff', NULL, 'a' || char(0) || 'é'"
        db.execute("CREATE TABLE extra (a, session_id, b, c, d, e)")
        db.execute(f"INSERT INTO extra VALUES ({values})")
        db.commit()
    (extra,) = [r["row"] for r in rows(sessions(path)["ses_1.jsonl"]) if r.get("table") == "extra"]
    assert extra == {
        "a": {"text": "/0E="},
        "session_id": "ses_1",
        "b": {"number": "inf"},
        "c": {"base64": "AP8="},
        "e": "a\0é",
    }


def test_secrets_of_shared_sessions_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO session_share VALUES ('ses_1', 'hush')")
        db.commit()
    assert b"hush" not in b"".join(sessions(path)["ses_1.jsonl"].blocks())


@pytest.mark.parametrize("pack", [zip_of, tar_of], ids=["zip", "tar"])
def test_a_database_in_an_archive_is_read_with_its_log(tmp_path: Path, pack: object) -> None:
    path = tmp_path / "opencode.db"
    opencode(path, ("ses_1",))
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        add_opencode(db, "ses_2", [prompt("Only in the log")])
        db.commit()
        log = path.with_name("opencode.db-wal").read_bytes()
        members = {"x/opencode.db": path.read_bytes(), "x/opencode.db-wal": log}
        archive = tmp_path / "a.pack"
        archive.write_bytes(pack(members))  # type: ignore[operator]
    in_archive = walked(archive)
    assert [source.name.rsplit("!/", 1)[1] for source in in_archive] == [
        "ses_1.jsonl",
        "ses_2.jsonl",
        "x/opencode.db-wal",
    ]
    part = in_archive[2]
    assert isinstance(part, Unreadable) and part.aside and "opencode.db" in part.reason


def test_one_without_sessions_says_so(tmp_path: Path) -> None:
    opencode(tmp_path / "opencode.db", ())
    (source,) = walked(tmp_path / "opencode.db")
    assert isinstance(source, Unreadable) and source.aside
    assert "OpenCode" in source.reason and "no sessions" in source.reason


def test_a_database_of_another_program_is_left_to_those_who_name_it(tmp_path: Path) -> None:
    made(tmp_path / "x.db", "CREATE TABLE history (id)").close()
    (source,) = walked(tmp_path / "x.db")
    assert isinstance(source, SourceFile) and source.name == str(tmp_path / "x.db")


def test_a_value_that_is_too_large_is_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path, ("ses_1",))
    with closing(sqlite3.connect(path)) as db:
        sql = "UPDATE part SET data = zeroblob(?) WHERE id LIKE '%0001%'"
        assert db.execute(sql, (LONGEST + 1,)).rowcount == 1
        db.commit()
    source = sessions(path)["ses_1.jsonl"]
    assert b"left_out" in b"".join(source.blocks())
    read_one(source)
    source.begin_account()
    (damage,) = source.account.sums().places
    assert "part" in damage.place and "more than" in damage.reason


def test_a_row_whose_line_would_be_too_long_loses_its_largest_value(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    with closing(made(path, OPENCODE)) as db:
        add_opencode(db, "ses_1", [prompt("x" * 5000), reply("short")])
        db.commit()
    (source,) = walked(path, Limits(line_size=2000))
    assert isinstance(source, SourceFile)
    assert len(source.losses) == 1
    assert "short" in str(shown(read_one(source)[1]))


def damaged(path: Path, at: float) -> None:
    """Overwrite a page of a database, ``at`` a share of it."""
    with path.open("r+b") as file:
        page = int(path.stat().st_size * at) // 4096
        file.seek(page * 4096)
        file.write(b"\xa5" * 4096)


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_database_gives_what_is_left_and_says_the_rest(tmp_path: Path, at: float) -> None:
    path = tmp_path / "opencode.db"
    opencode(path, [f"ses_{number:03}" for number in range(200)])
    whole = len(walked(path))
    damaged(path, at)
    started = time.monotonic()
    sources = walked(path)
    assert time.monotonic() - started < 5
    read = [source for source in sources if isinstance(source, SourceFile)]
    lost = [source for source in read if source.losses]
    said = [source for source in sources if isinstance(source, Unreadable)]
    assert len(read) == whole or said
    assert len(read) < whole or lost or said or at > 0.8  # an index is not needed
    assert all("damaged" in source.reason for source in said)


def test_a_cut_database_says_that_it_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path)
    os.truncate(path, 4096)
    sources = walked(path)
    assert sources and isinstance(sources[-1], Unreadable)
    assert "damaged" in sources[-1].reason and not sources[-1].aside


def test_a_damaged_schema_of_something_else_costs_no_session(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE INDEX todo_content ON todo (content)")
        db.commit()
    data = path.read_bytes()
    assert data.count(b"ON todo (content)") == 1
    path.write_bytes(data.replace(b"ON todo (content)", b"ON todo (c,,tent)"))
    *read, word = walked(path)
    assert [read_one(source)[0].key for source in read if isinstance(source, SourceFile)] == [
        "ses_1",
        "ses_2",
    ]
    assert isinstance(word, Unreadable) and "todo_content" in word.reason


HOSTILE = {
    "views": """CREATE VIEW session AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1
        FROM n) SELECT id FROM n; CREATE TABLE message (id, session_id, data);
        CREATE TABLE part (id, message_id, data)""",
    "virtual tables": """CREATE VIRTUAL TABLE session USING fts5(id);
        CREATE TABLE message (id, session_id, data); CREATE TABLE part (id, message_id, data)""",
    "generated columns": """CREATE TABLE session (id, n GENERATED ALWAYS AS (zeroblob(1e9)));
        CREATE TABLE message (id, session_id, data); CREATE TABLE part (id, message_id, data);
        INSERT INTO session (id) VALUES ('ses_1')""",
    "many tables": ";".join(
        (
            *(f"CREATE TABLE t{number} (session_id)" for number in range(5_000)),
            "CREATE TABLE session (id)",
        )
    ),
    "names": """CREATE TABLE "ses""; DROP TABLE x" (session_id);
        CREATE TABLE session (id, "a"" FROM x" TEXT, rowid, oid, _rowid_);
        CREATE TABLE message (id, session_id, data); CREATE TABLE part (id, message_id, data);
        INSERT INTO session (id) VALUES ('ses_1')""",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_schemas_neither_run_nor_last(tmp_path: Path, name: str) -> None:
    path = tmp_path / "opencode.db"
    made(path, f"BEGIN; {HOSTILE[name]}; COMMIT").close()
    started = time.monotonic()
    for source in walked(path):
        if isinstance(source, SourceFile):
            assert source.size < 10_000 or source.name.endswith(".db")
    assert time.monotonic() - started < 4


def test_ids_that_climb_out_stay_inside(tmp_path: Path) -> None:
    opencode(tmp_path / "opencode.db", ("../../etc/passwd", "a/b"))
    names = [source.name for source in walked(tmp_path / "opencode.db")]
    assert all("/" not in name.rsplit("!/", 1)[1] for name in names)


def test_more_sessions_than_the_limit_are_refused(tmp_path: Path) -> None:
    opencode(tmp_path / "opencode.db", [f"s{number}" for number in range(20)])
    (source,) = walked(tmp_path / "opencode.db", Limits(archive_members=10))
    assert isinstance(source, Unreadable) and "limit" in source.reason


def test_only_what_changed_is_read_again_and_nothing_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path, ("ses_1", "ses_2", "ses_3"))
    with open_memory(tmp_path / "s.hpm", create=True, actor="test") as memory:
        assert memory.import_paths([path]).episodes_added == 3
        with closing(sqlite3.connect(path)) as db:
            db.execute("DELETE FROM session WHERE id = 'ses_1'")
            row = ("msg_z", "ses_2", 0, 0, '{"role": "user"}')
            db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?)", row)
            words = '{"type": "text", "text": "And then?"}'
            row = ("prt_z", "msg_z", "ses_2", 0, 0, words)
            db.execute("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", row)
            db.execute("UPDATE message SET time_created = 9e12 WHERE id = 'msg_z'")
            db.execute("UPDATE session SET title = 'Anew' WHERE id = 'ses_2'")
            db.commit()
        report = memory.import_paths([path])
        assert [file.status for file in report.files] == [
            FileStatus.EXTENDED,
            FileStatus.UNCHANGED,
        ]
        found = memory.episodes.find(EpisodeQuery())
        assert len(found) == 3
        titles = {episode.key: episode.title for episode in memory.episodes.get(found.window(0, 3))}
        assert titles == {"ses_1": "About ses_1", "ses_2": "Anew", "ses_3": "About ses_3"}


LARGE = """
import sys
from pathlib import Path
from hpm_engine.evaluation.peak_memory import peak_mb
from hpm_engine.memory import open_memory
with open_memory(Path(sys.argv[2]), create=True, actor="test") as memory:
    report = memory.import_paths([Path(sys.argv[1])])
print(report.episodes_added, round(peak_mb()))
"""


@pytest.mark.parametrize("size", [8, 200] if os.environ.get("HPM_LARGE") else [8])
def test_the_memory_that_an_import_takes_is_bounded(tmp_path: Path, size: int) -> None:
    """``size`` in MB; the larger one is tried where ``HPM_LARGE`` is set."""
    path = tmp_path / "opencode.db"
    filler = "".join(f"{number} words, " for number in range(8_000))  # about 100 kB
    with closing(made(path, OPENCODE)) as db:
        for number in range(size):
            said = [reply(f"{number} {turn} {filler}") for turn in range(10)]
            add_opencode(db, f"ses_{number:04}", [prompt("Go on"), *said])
        db.commit()
    command = [sys.executable, "-c", LARGE, str(path), str(tmp_path / "s.hpm")]
    added, megabytes = subprocess.check_output(command, text=True).split()
    assert int(added) == size
    assert int(megabytes) < 400
