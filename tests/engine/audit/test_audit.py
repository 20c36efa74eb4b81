from __future__ import annotations

import csv
import hmac
import itertools
import json
import struct
from hashlib import sha256
from pathlib import Path

import pytest

from hpm_engine import errors
from hpm_engine.audit.canonical import COLUMNS
from hpm_engine.audit.chain import GENESIS, iso_time, microseconds
from hpm_engine.audit.export import safe_cell
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.file.driver import load_driver
from hpm_engine.values.reports import AuditFilter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True, actor="tester") as memory:
        for number in range(6):
            memory.settings.set("number", str(number))
    return path


def test_every_change_is_chained_to_the_one_before(path: Path) -> None:
    with open_memory(path) as memory:
        rows = memory.audit.page()
        assert rows[0].previous == GENESIS
        assert all(b.previous == a.hash for a, b in itertools.pairwise(rows))
        assert {row.actor for row in rows} == {"tester"}
        assert rows[0].action == "create" and memory.settings.all()["store_id"] in rows[0].detail
        verification = memory.audit.verify()
    assert (verification.rows, verification.head, verification.broken_at) == (
        7,
        rows[-1].hash,
        None,
    )


def test_an_outsider_can_recompute_the_log_from_the_export_alone(path: Path) -> None:
    destination = path.with_name("log.jsonl")
    with open_memory(path) as memory:
        assert memory.audit.export(destination, "jsonl").rows == 7
        assert memory.audit.page()[-1].action == "export"
        assert memory.audit.page()[-1].after == sha256(destination.read_bytes()).hexdigest()
    previous, contents = GENESIS, 0
    for line in destination.read_text().splitlines():
        row = json.loads(line)
        columns = [_spelled(row[name]).encode() for name in COLUMNS]
        lengths = struct.pack(">Q9I", row["seq"], *map(len, columns))
        leaf = sha256(b"\0hpm-audit-row-1\n" + lengths + b"".join(columns)).hexdigest()
        assert (leaf, row["previous"]) == (row["hash"], previous)
        previous = leaf
        if content := row.get("content"):
            salt = bytes.fromhex(row["salt"])
            digest = hmac.digest(salt, _spelled(content).encode(), "sha256").hex()
            assert digest == row["detail"]["commitment"]
            contents += 1
    assert contents == 6


def _spelled(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def tamper(path: Path, *statements: str) -> Memory:
    connection = load_driver().connect(str(path))
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    saved = triggers.fetchall()
    for name, _ in saved:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in (*statements, *(sql for _, sql in saved)):
        connection.execute(statement)
    connection.commit()
    connection.close()
    return open_memory(path)


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ('UPDATE audit SET detail = \'{"value":"9"}\' WHERE seq = 3', 3),
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 1", 1),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 6", 6),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit SET hash = printf('%064d', 7) WHERE seq = 5", 5),
        (
            "INSERT INTO audit SELECT 8, at, actor, action, subject, before, after, detail,"
            " previous, hash, state FROM audit WHERE seq = 7",
            8,
        ),
    ],
)
def test_an_edited_missing_or_invented_row_is_named(path: Path, statement: str, row: int) -> None:
    with tamper(path, statement) as memory:
        verification = memory.audit.verify()
        assert verification.broken_at == row and str(row) in verification.reason
        assert verification.reason in memory.figures.health(check=True).problems


def test_swapped_rows_are_noticed(path: Path) -> None:
    swap = (
        "UPDATE audit SET seq = 100 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 100",
    )
    with tamper(path, *swap) as memory:
        assert memory.audit.verify().broken_at == 2


def test_the_store_itself_refuses_to_edit_its_log(path: Path) -> None:
    connection = load_driver().connect(str(path))
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(load_driver().DatabaseError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_filters_choose_rows_and_pages_follow_each_other(path: Path) -> None:
    with open_memory(path) as memory:
        rows = memory.audit.page()
        assert memory.audit.count(AuditFilter(since=rows[2].at, until=rows[4].at)) == 2
        assert memory.audit.count(AuditFilter(actor="nobody")) == 0
        assert memory.audit.count(AuditFilter(action="set")) == 6
        assert memory.audit.page(offset=4, limit=10) == rows[4:]


def test_a_csv_export_has_every_field_and_runs_no_formula(path: Path) -> None:
    destination = path.with_name("log.csv")
    with open_memory(path, actor="=HYPERLINK(1)") as memory:
        memory.settings.set("last", "1")
        memory.audit.export(destination, "csv")
    with destination.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 8 and rows[-1]["actor"] == "'=HYPERLINK(1)"
    texts = (" =1", "+1+1", "-cmd", "-1.5", "a\u200bb", "plain", 3)  # a number is no formula
    cells = ["' =1", "'+1+1", "'-cmd", "-1.5", "a⟦ZWSP⟧b", "plain", 3]
    assert [safe_cell(text) for text in texts] == cells


@pytest.mark.parametrize("sign", "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212")
@pytest.mark.parametrize(
    "stripped",
    [
        *"\t\r\n\0\x0b\x0c\x85\xa0\xad\u200b\u2028\u2060\u2800\u3000\u3164\ufeff\ufe0f\U000e0020",
        "",
        " \xa0\ufeff\t",
    ],
)
def test_a_cell_is_no_formula_behind_whatever_a_spreadsheet_strips(
    stripped: str, sign: str
) -> None:
    assert str(safe_cell(f"{stripped}{sign}HYPERLINK(1)")).startswith("'")
    assert safe_cell(f"a{sign}1") == f"a{sign}1"


def test_an_export_that_cannot_be_written_leaves_no_file_and_no_row(path: Path) -> None:
    with open_memory(path) as memory:
        with pytest.raises(errors.CannotWrite, match="Choose another place"):
            memory.audit.export(path.parent / "nowhere" / "log.csv", "csv")
        with pytest.raises(errors.BadQuery, match="jsonl, csv, html or checkpoint"):
            memory.audit.export(path.with_name("log.xml"), "xml")
        assert memory.audit.count() == 7
    assert {file.name for file in path.parent.iterdir()} == {"a.hpm"}


def test_times_survive_both_ways() -> None:
    for moment in (0, 1, 1_795_207_031_914_414, 253_402_300_799_999_999):
        assert microseconds(iso_time(moment)) == moment
