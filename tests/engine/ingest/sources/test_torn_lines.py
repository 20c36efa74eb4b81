"""Lines of which none is whole are a damaged trace, not "JSON without a conversation"."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import FileStatus, open_memory
from hpm_engine.ingest.detect import NotATrace, detect
from tests.support.files.line_records import FORMATS
from tests.support.files.trace_sources import memory_source

TORN = [
    '{"role": "user", "content": "Fix\n{"role": "assistant", "content": "Fi\n',
    '{"role": "user", "content": "Fix\n{"role": "assistant", "content": "Fi',
    '{"from": "human", "value": "Fix\n{"from": "gpt", "value": "Fo\n',
    '{"role": "assistant", "tool_calls": [{"id": "a\n{"role": "tool", "tool_call_id": "a", "co\n',
    '{"messages": [{"role": "user", "content": "Fix\n{"messages": [{"role": "user", "content": "\n',
    '{"role": "user", "content": "Fix\n',
]


@pytest.mark.parametrize("text", TORN)
def test_torn_messages_fail_with_their_place(text: str, tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text(text)
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        (file,) = memory.import_paths([path]).files
        sums = memory.sources.sums()
    assert file.status is FileStatus.FAILED
    assert "line 1" in file.reason or "ends early" in file.reason
    assert (sums.unreadable, sums.set_aside) == (1, 0)


@pytest.mark.parametrize("name", FORMATS)
def test_torn_lines_of_each_format_are_of_that_format(name: str) -> None:
    reader, record = FORMATS[name]
    rows = [json.dumps(record(number)).encode() for number in range(3)]
    verdict = detect(memory_source(b"".join(row[: len(row) * 9 // 10] + b"\n" for row in rows)))
    assert not isinstance(verdict, NotATrace), verdict.reason
    assert verdict.format == reader


def test_a_list_whose_items_stand_on_lines_is_no_torn_lines() -> None:
    source = memory_source(b'{"a": [\n{"x": 1},\n{"x": 2},\n{"x": 3}\n]')
    assert not source.opening.torn


def test_torn_lines_of_no_format_are_said_to_be_damaged() -> None:
    verdict = detect(memory_source(b'{"name": "x", "ver\n{"name": "y", "ve\n'))
    assert isinstance(verdict, NotATrace)
    assert verdict.reason == "Damaged JSON of no known format (it holds name)."
