"""The account of every imported file: stored with it, carried by its report, said by the import."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from hpm_engine import FileStatus, account_line, loss_sentence, open_memory
from hpm_engine.store.file.database import Database
from hpm_engine.store.sources import Sources
from hpm_engine.values.reports import SourceAccount

WHOLE = {"type": "user", "sessionId": "s", "uuid": "1", "message": {"content": "go"}}
SAID = {"type": "text", "text": "done"}
REPLY = {"type": "assistant", "sessionId": "s", "uuid": "2", "message": {"content": [SAID]}}


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_what_a_file_lost_is_reported_stored_and_said(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines(WHOLE) + b'{"type":"user","sess\n' + lines(REPLY))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        report = memory.import_paths([path])
    (file,) = report.files
    assert file.status is FileStatus.ADDED
    assert file.account is not None
    assert (file.account.read, file.account.damaged, file.account.mended) == (2, 1, 0)
    (damage,) = file.account.places
    assert (damage.place, damage.start, damage.size) == ("line 2", len(lines(WHOLE)), 20)
    assert "line 2" in account_line(file.account)
    assert loss_sentence(report) == "1 damaged place in 1 file could not be read."
    with (
        closing(Database(tmp_path / "s.hpm", read_only=True, create=False)) as database,
        database.reading(),
    ):
        assert Sources(database).account(1) == file.account


def test_a_whole_file_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines(WHOLE, REPLY))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        report = memory.import_paths([path])
    assert report.files[0].account == SourceAccount(read=2)
    assert not loss_sentence(report)


def test_a_file_that_grew_has_the_account_of_all_its_records(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines(WHOLE))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([path])
        path.write_bytes(lines(WHOLE, REPLY))
        memory.import_paths([path])
    with (
        closing(Database(tmp_path / "s.hpm", read_only=True, create=False)) as database,
        database.reading(),
    ):
        assert Sources(database).account(1) == SourceAccount(read=2)
