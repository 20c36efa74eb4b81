"""Damage of many megabytes costs what it holds and is said; memory and time stay bounded."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from hpm_engine.ingest.claude_code.lines import LINE
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.sources.line_records import typed_lines
from tests.support.files.line_records import FORMATS, line_of, mark, text_of
from tests.support.files.line_sources import source_of

MB = 1_000_000


@pytest.mark.parametrize("name", ["claude-code", "codex", "chat-records", "langsmith", "otlp"])
def test_a_line_of_70_mb_costs_itself_alone(name: str) -> None:
    reader, record = FORMATS[name]
    lines = [line_of(record(n)) for n in range(4)]
    long = lines[2].replace(mark(2).encode(), b"y" * 70 * MB)
    source = source_of(b"".join((*lines[:2], long, lines[3])))
    text = text_of(source, reader)
    assert [mark(n) in text for n in range(4)] == [True, True, False, True]
    account = source.account.sums()
    assert (account.read, account.damaged, account.damaged_size) == (3, 1, len(long) - 1)
    assert account.places[0].place == "line 3"


@pytest.mark.parametrize(
    ("damage", "damaged"),
    [
        (b"\0" * 12 * MB, 0),
        (b'{"type": "user", "sessionId": "s", "message": {"content": "' + b"y" * 10 * MB, 1),
        (b"\xff\xfe\x07" * 3 * MB, 1),
    ],
    ids=["NULs", "torn", "noise"],
)
def test_damage_beyond_eight_megabytes_hides_no_record_behind_it(
    damage: bytes, damaged: int
) -> None:
    reader, record = FORMATS["claude-code"]
    lines = [line_of(record(n)) for n in range(3)]
    source = source_of(b"".join((*lines[:2], damage, lines[2])))
    text = text_of(source, reader)
    assert all(mark(n) in text for n in range(3))
    account = source.account.sums()
    assert (account.read, account.damaged) == (3, damaged)


@pytest.mark.parametrize("junk", [b'{"a":[{"b":"c', b'{"type":"user","x":{"y":"', b'{"type":'])
def test_broken_pieces_without_end_are_bounded_in_time_and_memory(junk: bytes) -> None:
    _, record = FORMATS["claude-code"]
    first, last = line_of(record(0)), line_of(record(1))
    data = first + junk * (2 * MB // len(junk)) + b"\n" + last
    account = Account()
    tracemalloc.start()
    began = time.process_time()
    lines = list(typed_lines(source_of(data), LINE, account))
    seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(lines) == 2 and account.damaged
    assert seconds < 20, "the machine may be busy: unbounded, it took minutes"
    assert peak < 100 * MB
