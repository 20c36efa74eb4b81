"""A zip member whose checksum fails is read, and said to be damaged; the others are read whole."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from hpm_engine import FileStatus, open_memory
from hpm_engine.importing.account_text import account_line
from tests.support.files.line_records import FORMATS
from tests.support.files.trace_sources import zip_of

LINES = b"".join(json.dumps(FORMATS["claude-code"][1](n)).encode() + b"\n" for n in range(4))
OTHER = LINES.replace(b"-1", b"-7")


@pytest.mark.parametrize("many", [1, 40_000])  # read at once, and in pieces
def test_a_member_whose_checksum_fails_is_read_and_said(tmp_path: Path, many: int) -> None:
    first = LINES + b" " * 50 * many + b"\n"
    path = tmp_path / "all.zip"
    data = zip_of({"a.jsonl": first, "b.jsonl": OTHER})
    crc = zlib.crc32(first).to_bytes(4, "little")
    assert data.count(crc) == 2
    path.write_bytes(data.replace(crc, b"\1\2\3\4"))
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        first_report, second_report = memory.import_paths([path]).files
    assert first_report.account is not None and second_report.account is not None
    assert (first_report.account.read, first_report.account.damaged) == (4, 1)
    assert "checksum" in account_line(first_report.account)
    assert (second_report.account.read, second_report.account.damaged) == (4, 0)


def test_a_member_that_cannot_be_unpacked_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    data = bytearray(zip_of({"a.jsonl": LINES, "b.jsonl": OTHER}))
    start = 30 + len("a.jsonl")
    data[start : start + 8] = b"\xff" * 8
    path.write_bytes(data)
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        broken, whole = memory.import_paths([path]).files
    assert broken.status is FileStatus.FAILED
    assert broken.path.endswith("all.zip!/a.jsonl")
    assert "Get a complete copy" in broken.reason
    assert whole.account is not None and whole.account.read == 4
