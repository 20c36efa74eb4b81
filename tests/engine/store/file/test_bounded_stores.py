"""Stores made to fill memory, or whose schema is not ours: refused or said, before they cost."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard

from hpm_engine import AuditFilter, errors, open_memory
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.schema.expected_schema import refuse_foreign, schema_problems
from tests.support.store_statements import change

MIB = 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> Path:
    messages = [
        {"role": role, "content": f"{role} {number} says a thing of its own"}
        for number in range(20)
        for role in ("user", "assistant")
    ]
    (tmp_path / "a.json").write_text(json.dumps(messages))
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "a.json"])
    return tmp_path / "a.hpm"


def bomb(size: int) -> bytes:
    """A frame that unpacks to ``size`` bytes, made without holding them."""
    compressor = zstandard.ZstdCompressor(level=1).compressobj(size=size)
    block, pieces = b"x" * MIB, []
    for _ in range(size // MIB):
        pieces.append(compressor.compress(block))
    return b"".join([*pieces, compressor.flush()])


def plant(store: Path, size: int, *, data: bytes | None = None) -> None:
    """Let every text be one that unpacks to ``size`` bytes."""
    packed = bomb(size) if data is None else data
    connection = load_driver().connect(str(store))
    connection.execute("UPDATE texts SET size = ?, data = ?", (size, packed))
    connection.commit()
    connection.close()


def limited(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line with an address space in which a bomb does not fit."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30));"
        "from hpm_engine.cli.root import hpm; hpm()"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("size", [2048 * MIB, 300 * MIB, 128 * MIB, 32 * MIB])
def test_texts_that_unpack_to_more_than_memory_are_refused(store: Path, size: int) -> None:
    plant(store, size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with (
        open_memory(store, read_only=True) as memory,
        pytest.raises(errors.DamagedStore, match=r"a\.hpm: text \d+ cannot be read.*backup"),
    ):
        memory.steps.read(1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 * 1024


def test_a_text_that_declares_less_than_it_unpacks_to_is_refused(store: Path) -> None:
    plant(store, 1000, data=bomb(300 * MIB))
    with (
        open_memory(store, read_only=True) as memory,
        pytest.raises(errors.DamagedStore, match="not as long as it says"),
    ):
        memory.steps.read(1)


def test_a_large_text_that_somebody_wrote_is_read(store: Path) -> None:
    text = "".join(f"line {number}: {number * 7919 % 10007}\n" for number in range(200_000))
    data = text.encode()
    packed = zstandard.ZstdCompressor(level=1).compress(data)
    connection = load_driver().connect(str(store))
    sql = "UPDATE texts SET size = ?, data = ?, sha256 = ? WHERE id = 1"
    connection.execute(sql, (len(data), packed, sha256(data).digest()))
    connection.commit()
    connection.close()
    with open_memory(store, read_only=True) as memory:
        assert memory.steps.read(1)[0].parts[0].text == text


@pytest.mark.parametrize(
    "command", [("show", "1"), ("recall", "a thing of its own", "--no-record")]
)
def test_the_command_line_says_so_in_one_sentence(store: Path, command: tuple[str, ...]) -> None:
    plant(store, 2048 * MIB)
    name, *rest = command
    done = limited(name, str(store), *rest)
    assert "Traceback" not in done.stderr
    if name == "show":
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1


def test_doctor_counts_such_texts_without_unpacking_them(store: Path) -> None:
    plant(store, 2048 * MIB)
    with open_memory(store, read_only=True) as memory:
        assert any(
            "Damaged texts" in problem for problem in memory.figures.health(check=True).problems
        )


def test_a_piece_of_a_file_is_as_large_as_an_import_writes_it(store: Path) -> None:
    change(
        store,
        "UPDATE sources SET size = 2147483648",
        "UPDATE raw_chunks SET size = 2147483648",
    )
    connection = load_driver().connect(str(store))
    connection.execute("UPDATE raw_chunks SET data = ?", (bomb(2048 * MIB),))
    connection.commit()
    connection.close()
    with (
        open_memory(store, read_only=True) as memory,
        pytest.raises(errors.DamagedStore, match="bytes of source 1 from 0 on"),
    ):
        b"".join(memory.originals.whole(1))


def test_a_record_that_says_it_is_larger_than_any_is_refused(store: Path) -> None:
    change(store, "UPDATE steps SET raw_start = 0, raw_size = 1099511627776")
    with (
        open_memory(store, read_only=True) as memory,
        pytest.raises(errors.DamagedStore, match="step 1 of episode 1"),
    ):
        memory.originals.step(1, 0)


def test_a_log_row_too_large_to_be_read_breaks_the_chain_and_is_named(store: Path) -> None:
    change(
        store,
        "DROP TRIGGER audit_is_append_only_update",
        f"UPDATE audit SET detail = printf('%.*c', {70 * MIB}, 'x') WHERE seq = 1",
    )
    with open_memory(store, read_only=True) as memory:
        assert "too large" in memory.audit.page(AuditFilter())[0].detail
        assert memory.audit.verify().broken_at == 1


def test_a_page_of_large_log_rows_is_refused(store: Path) -> None:
    with open_memory(store) as memory:
        memory.marks.add_tag([1], "later")
        assert memory.audit.count() == 3
    change(
        store,
        "DROP TRIGGER audit_is_append_only_update",
        f"UPDATE audit SET detail = printf('%.*c', {60 * MIB}, 'x')",
    )
    with (
        open_memory(store) as memory,
        pytest.raises(errors.DamagedStore, match="row 2 of the audit log"),
    ):
        memory.audit.page(AuditFilter())


@pytest.mark.parametrize("version", [0, -1, -5, -(2**31)])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_schema_below_the_first_is_refused(store: Path, version: int, read_only: bool) -> None:
    change(store, f"PRAGMA user_version = {version}")
    before = store.read_bytes()
    with pytest.raises(errors.DamagedStore, match=rf"schema is {version},"):
        open_memory(store, read_only=read_only)
    assert store.read_bytes() == before


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE tags USING fts5 (episode_id, name)",
        "create  virtual table Tags using fts5 (episode_id, name)",
        "CREATE VIRTUAL TABLE other USING fts5 (x)",
        "CREATE VIRTUAL TABLE IF NOT EXISTS [tags] USING rtree (a, b, c)",
    ],
)
def test_a_virtual_table_that_is_not_ours_is_refused(store: Path, sql: str) -> None:
    change(store, "DROP TABLE tags", sql)
    for read_only in (True, False):
        with pytest.raises(errors.DamagedStore, match=r"virtual tables.*(tags|Tags|other)"):
            open_memory(store, read_only=read_only)


@pytest.mark.parametrize("check", [True, False])
def test_doctor_names_what_a_schema_has_too_many_of_and_too_few(store: Path, check: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        assert not memory.figures.health(check=check).problems
    change(
        store,
        *(f"CREATE TABLE foreign_{number:04} (x)" for number in range(4000)),
        "DROP TRIGGER audit_is_append_only_delete",
        "DROP TABLE saved_searches",
    )
    with open_memory(store, read_only=True) as memory:
        problems = "\n".join(memory.figures.health(check=check).problems)
    assert "4,000 tables of another program (foreign_0000, " in problems
    assert "and 3,995 more" in problems
    assert "Triggers are missing (audit_is_append_only_delete)" in problems
    assert "Tables are missing (saved_searches)" in problems


def test_only_todays_schema_is_compared(store: Path) -> None:
    assert schema_problems(1, []) == []
    refuse_foreign(store, 1, [])


def test_pieces_that_are_too_many_together_are_not_joined(store: Path) -> None:
    piece, count = 8 * MIB, 200
    packed = zstandard.ZstdCompressor(level=1).compress(bytes(piece))
    connection = load_driver().connect(str(store))
    connection.execute("UPDATE sources SET size = ?", (piece * count,))
    connection.execute("UPDATE episodes SET raw_start = 0, raw_size = 0")
    connection.execute("DELETE FROM raw_chunks")
    connection.executemany(
        "INSERT INTO raw_chunks VALUES (1, ?, ?, ?)",
        [(number * piece, piece, packed) for number in range(count)],
    )
    connection.commit()
    connection.close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open_memory(store, read_only=True) as memory:
        assert sum(map(len, memory.originals.whole(1))) == piece * count
        with pytest.raises(errors.LimitExceeded, match=r"record of episode 1.*hpm raw STORE"):
            memory.originals.record(1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 * 1024
