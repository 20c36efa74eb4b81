"""Records in lists with a comma too many, and in values over several lines each."""

from __future__ import annotations

import json

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from tests.support.files.line_records import FORMATS, line_of, mark, text_of
from tests.support.files.line_sources import source_of


@pytest.mark.parametrize("name", FORMATS)
def test_values_over_several_lines_are_read_one_by_one(name: str) -> None:
    reader, record = FORMATS[name]
    values = [json.dumps(json.loads(line_of(record(n))), indent=2) for n in range(4)]
    source = source_of("\n".join(values).encode())
    text = text_of(source, reader)
    assert all(mark(n) in text for n in range(4))
    assert source.account.sums().damaged == 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_list_with_a_comma_behind_its_last_item_is_read(name: str) -> None:
    reader, record = FORMATS[name]
    items = b",\n  ".join(line_of(record(n)).strip() for n in range(4))
    source = source_of(b"[\n  " + items + b",\n]\n")
    text = text_of(source, reader)
    assert all(mark(n) in text for n in range(4))


@pytest.mark.parametrize("where", ["before", "behind"])
def test_nul_bytes_beside_a_list_of_messages_are_said(where: str) -> None:
    messages = [{"role": "user", "content": "Go"}, {"role": "assistant", "content": "Gone"}]
    data = json.dumps([{"messages": messages}, {"messages": messages}]).encode()
    source = source_of(b"\0" * 90 + data if where == "before" else data + b"\0" * 90)
    assert text_of(source, "chat").count("Gone") == 2
    assert source.account.sums().mended == 1


def test_a_text_with_some_fields_of_a_stream_is_none() -> None:
    verdict = detect(source_of(b'id: 7\nname: well\ndata: {"a": 1}\n'))
    assert isinstance(verdict, NotATrace) and "plain text" in verdict.reason
