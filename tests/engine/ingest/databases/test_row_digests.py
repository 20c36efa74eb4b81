"""Digests of rows: whatever is written to a database, no session that changed is passed over."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.ingest.databases import sessions as telling
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.memory import Memory, open_memory
from hpm_engine.syncer import Syncer
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.reports import FileStatus
from tests.support.files import agent_databases
from tests.support.files.row_databases import (
    CRUSH,
    add_crush,
    add_opencode,
    crush_part,
    made,
    opencode,
    prompt,
    reply,
)

Told = dict[str, tuple[bytes, bytes]]  # the digest of the rows and the lines of each session


def told(path: Path) -> Told:
    return {
        source.name.rpartition("/")[2]: (source.rows_digest, b"".join(source.blocks()))
        for source in walk([path])
        if isinstance(source, SourceFile)
    }


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Three sessions, the third of them a child of the first, in one project."""
    path = tmp_path / "agent" / "opencode.db"
    opencode(path)
    with closing(sqlite3.connect(path)) as db:
        add_opencode(db, "ses_3", [prompt("Look"), reply("Seen")], parent="ses_1")
        db.execute("INSERT INTO todo VALUES ('ses_2', 'buy paint')")
        db.execute("INSERT INTO session_share VALUES ('ses_2', 'hunter2')")
        db.commit()
    return path


def write(path: Path, sql: str, values: Sequence[Any] = ()) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(sql, values)
        db.commit()


@pytest.mark.parametrize(
    ("sql", "changed"),
    [
        # As long as before, and no time of it touched.
        ("UPDATE part SET data = replace(data, 'Do ses_2', 'Do ses_9')", {"ses_2"}),
        ("UPDATE message SET data = upper(data) WHERE session_id = 'ses_1'", {"ses_1"}),
        ("UPDATE todo SET content = 'buy brush'", {"ses_2"}),
        ("UPDATE todo SET content = CAST(content AS BLOB)", {"ses_2"}),
        ("DELETE FROM part WHERE session_id = 'ses_1'", {"ses_1"}),
        ("UPDATE part SET session_id = 'nobody' WHERE session_id = 'ses_1'", {"ses_1"}),
        ("UPDATE session SET title = 'Anew' WHERE id = 'ses_3'", {"ses_1", "ses_3"}),
        ("UPDATE session SET title = 'Anew' WHERE id = 'ses_1'", {"ses_1"}),
        ("UPDATE project SET worktree = '/v'", {"ses_1", "ses_2", "ses_3"}),
        ("UPDATE session_share SET secret = 'hunter3'", set()),  # nothing is told of it
    ],
)
def test_a_session_whose_rows_changed_has_another_digest_and_no_other_has(
    database: Path, sql: str, changed: set[str]
) -> None:
    before = told(database)
    assert len(before) == 3 and all(digest for digest, _ in before.values())
    write(database, sql)
    after = told(database)
    names = {f"{name}.jsonl" for name in changed}
    assert {name for name in after if after[name][1] != before[name][1]} == names
    assert {name for name in after if after[name][0] != before[name][0]} == names


_TABLES = ("session", "message", "part", "todo", "project")
_IDS = ("ses_1", "ses_2", "ses_3", "SES_1", "7", "prj", "msg_ses_1_0000", "msg_ses_2_0001", "x")
_VALUES = st.one_of(
    st.none(), st.integers(-3, 7), st.floats(), st.binary(max_size=3), st.sampled_from(_IDS)
)


@st.composite
def _statements(draw: st.DrawFn) -> tuple[str, tuple[Any, ...]]:
    columns = {
        "session": ("id", "project_id", "parent_id", "title", "time_created", "time_updated"),
        "message": ("id", "session_id", "time_created", "data"),
        "part": ("id", "message_id", "session_id", "time_created", "data"),
        "todo": ("session_id", "content"),
        "project": ("id", "worktree"),
    }
    table = draw(st.sampled_from(_TABLES))
    number = draw(st.integers(1, 6))
    match draw(st.sampled_from(("update", "delete", "insert"))):
        case "delete":
            return f"DELETE FROM {table} WHERE rowid = ?", (number,)
        case "insert":
            names = columns[table]
            marks = ", ".join("?" * len(names))
            sql = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})"
            return sql, tuple(draw(_VALUES) for _ in names)
    column = draw(st.sampled_from(columns[table]))
    sql = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?"
    return sql, (draw(_VALUES), number)


@settings(max_examples=120, deadline=None)
@given(st.lists(_statements(), min_size=1, max_size=4), st.sampled_from(("", "COLLATE NOCASE")))
def test_equal_digests_mean_equal_lines(
    statements: list[tuple[str, tuple[Any, ...]]], collation: str
) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "opencode.db"
        opencode(path)
        with closing(sqlite3.connect(path)) as db:
            add_opencode(db, "ses_3", [prompt("Look"), reply("Seen")], parent="ses_1")
            if collation:
                db.execute(f"CREATE TABLE cased (session_id TEXT {collation}, content TEXT)")
                db.execute("INSERT INTO cased VALUES ('SES_1', 'loud')")
            db.commit()
        before = told(path)
        with closing(sqlite3.connect(path)) as db:
            for sql, values in statements:
                db.execute(sql, values)
            if collation:
                db.execute("UPDATE cased SET content = 'soft'")
            db.commit()
        after = told(path)
        for session in before.keys() & after.keys():
            (was, lines), (now, lines_now) = before[session], after[session]
            assert was != now or not now or lines == lines_now, session


def lines_told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sessions that are told in lines from now on."""
    names: list[str] = []
    tell = telling._lines

    def noted(tables: Any, kind: Any, session: str, longest: int) -> Any:
        names.append(session)
        return tell(tables, kind, session, longest)

    monkeypatch.setattr(telling, "_lines", noted)
    return names


def titles(memory: Memory) -> dict[str, str]:
    ids = memory.episodes.find(EpisodeQuery()).window(0, 9)
    return {episode.key: episode.title for episode in memory.episodes.get(ids)}


def test_only_sessions_that_changed_are_told_again(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = lines_told(monkeypatch)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([database])
        assert sorted(names) == ["ses_1", "ses_2", "ses_3"]
        names.clear()
        first = memory.import_paths([database])
        assert names == []
        assert [file.status for file in first.files] == [FileStatus.UNCHANGED] * 3
        assert [file.format for file in first.files] == ["opencode"] * 3
        assert all(file.size > 100 for file in first.files)
        write(database, "UPDATE session SET title = 'Anew' WHERE id = 'ses_2'")
        memory.import_paths([database])
        assert names == ["ses_2"]
        assert titles(memory)["ses_2"] == "Anew"
        names.clear()
        memory.import_paths([database])
        assert names == []
        assert memory.audit.verify().broken_at is None


def test_a_store_of_before_reads_all_once_more_and_then_knows(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([database])
        memory.internals.database.execute("UPDATE sources SET rows_sha256 = NULL")
        memory.internals.database.connection.commit()
        names = lines_told(monkeypatch)
        memory.import_paths([database])
        assert len(names) == 3
        memory.import_paths([database])
        assert len(names) == 3


def test_a_session_of_crush_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".crush" / "crush.db"
    with closing(made(path, CRUSH)) as db:
        for name in ("s1", "s2"):
            add_crush(db, name, [("user", [crush_part("text", text=f"Look at {name}")])])
        db.commit()
    names = lines_told(monkeypatch)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([path])
        names.clear()
        write(path, "UPDATE messages SET parts = replace(parts, 'at s1', 'at S1')")
        memory.import_paths([path])
        assert names == ["s1"]


def test_a_damaged_value_is_told_each_time(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, "UPDATE todo SET content = zeroblob(33 * 1024 * 1024)")  # above the limit
    names = lines_told(monkeypatch)
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([database])
        before = len(names)
        memory.import_paths([database])
        assert len(names) - before >= 3


def test_a_database_that_stands_as_it_was_is_not_copied(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[str] = []
    make = telling.PrivateCopy

    def counted(name: str, *rest: Any) -> Any:
        copies.append(name)
        return make(name, *rest)

    monkeypatch.setattr(telling, "PrivateCopy", counted)
    clock = [database.stat().st_mtime + 60]
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.chosen.add(database.parent)
        for _ in range(3):
            Syncer(lambda: clock[0]).sync(memory)
            clock[0] += 600
        assert copies == [str(database)]
        write(database, "UPDATE todo SET content = 'buy brush'")
        Syncer(lambda: clock[0]).sync(memory)
        assert copies == [str(database)] * 2


@pytest.mark.parametrize("maker", [agent_databases.goose, agent_databases.hermes])
def test_each_cell_of_other_kinds_counts(maker: Callable[[Path], Path], tmp_path: Path) -> None:
    path = maker(tmp_path / "state.db")
    before = told(path)
    assert before and all(digest for digest, _ in before.values())
    changed = 0
    with closing(sqlite3.connect(path)) as db:
        tables = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE sql > ''")
            if "fts" not in name
        ]
        cells = [
            (table, column)
            for table in tables
            for _, column, *_ in db.execute(f'PRAGMA table_info("{table}")').fetchall()
            if column not in ("id", "session_id")
        ]
    for table, column in cells:
        write(path, f'UPDATE OR IGNORE "{table}" SET "{column}" = "{column}" || 7')
        after = told(path)
        for name in before.keys() & after.keys():
            if before[name][1] != after[name][1]:
                changed += 1
                assert before[name][0] != after[name][0], (table, column, name)
        before = after
    assert changed > 10
