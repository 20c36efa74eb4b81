from __future__ import annotations

import json
import time
import tracemalloc

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.json.plain_values import companion_value
from hpm_engine.ingest.json.raw_values import NO_JSON, as_written, elements, raw_text, string
from hpm_engine.ingest.json.text import ANYTHING, RAW_LIST, Document, decode, located, repair
from hpm_engine.ingest.sources.opening import read_opening

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": NaN, "b": Infinity, "c": -Infinity}', {"a": "", "b": None, "c": None}),
        (b'"x \\ud800 y \\udc00\\ud83d\\ude00"', "x \ufffd y \ufffd\U0001f600"),
        (b'"\\\\ud800 NaN"', "\\ud800 NaN"),
        (b'"a\tb\x00c\nd\\ud800"', "a b c d\ufffd"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_what_strict_json_forbids_is_repaired_in_place(text: bytes, value: object) -> None:
    assert decode(text, ANYTHING, "f.json") == value
    assert len(repair(text)) == len(text)


def test_a_file_beside_a_source_is_repaired_or_says_nothing() -> None:
    assert companion_value(b'\xef\xbb\xbf{"title": "Tides \\ud800"}') == {"title": "Tides \ufffd"}
    for damaged in (None, b"", b"\xef\xbb\xbf", b'{"title": "Ti', b"\xff", b"[" * 100_000):
        assert companion_value(damaged) is None


def test_invalid_utf8_names_the_file_and_the_byte() -> None:
    with pytest.raises(CannotImport, match=r"f\.json, line 3: byte 6 is not UTF-8"):
        decode(b'{"a":"\xff"}', ANYTHING, "f.json", "line 3")


def test_a_cut_document_is_said_to_be_cut() -> None:
    with pytest.raises(CannotImport, match="ends early"):
        decode(b'{"a": [1, 2', ANYTHING, "f.json")


@pytest.mark.parametrize("opener", [b"[", b'{"a":'])
def test_deep_nesting_exceeds_a_limit_and_never_crashes(opener: bytes) -> None:
    with pytest.raises(LimitExceeded, match="nested"):
        decode(opener * 500_000, ANYTHING, "deep.json")
    with pytest.raises(LimitExceeded, match="deeper than 200"):
        read_opening(opener * 5_000, "deep.json", 200)


@given(st.lists(VALUES, min_size=1, max_size=5), st.sampled_from([None, 1, 3]))
@settings(max_examples=60)
def test_records_are_located_byte_for_byte(values: list[object], indent: int | None) -> None:
    data = b"  " + json.dumps(values, indent=indent).encode()
    document = Document("f.json", data)
    raws = document.decode(RAW_LIST)
    for value, (record, start) in zip(values, located(data, raws), strict=True):
        assert data[start : start + len(record)] == record
        assert json.loads(record) == value


def test_records_of_a_repaired_document_keep_their_places() -> None:
    data = b'\xef\xbb\xbf[{"a": NaN}, {"b": "\\ud800"}]'
    document = Document("f.json", data)
    raws = document.decode(RAW_LIST)  # before its data: a repair changes them
    places = [(start, len(record)) for record, start in located(document.data, raws)]
    assert [data[start : start + size] for start, size in places] == [
        b'{"a": NaN}',
        b'{"b": "\\ud800"}',
    ]


def test_the_last_of_duplicate_keys_is_found_where_it_stands() -> None:
    data = b'{"a": [1], "b": [2, 2], "a": [3, 3, 3]}'
    members = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    for record, start in located(data, members.values()):
        assert data[start : start + len(record)] == record


@given(VALUES, st.integers(0, 400))
@settings(max_examples=150)
def test_an_opening_is_the_start_of_the_value_however_it_is_cut(value: object, end: int) -> None:
    data = json.dumps([value, value]).encode()
    opening = read_opening(data[:end], "f.json", 200)
    if end >= len(data):
        assert opening.value == [value, value]
        assert not opening.cut
    elif opening.value is not None:
        assert isinstance(opening.value, list)
        assert opening.cut


def test_an_opening_tells_lines_from_one_document() -> None:
    assert read_opening(b'{"a":1}\n{"b":2}\n', "f", 200).more
    assert not read_opening(b'{"a":1}\n', "f", 200).more
    assert read_opening(b"plain text", "f", 200).value is None


def test_a_key_is_known_though_its_text_was_cut() -> None:
    head = msgspec.json.encode({"role": "user", "content": "x" * 100})[:40]
    assert read_opening(head, "f", 200).keys == {"role": "user", "content": ""}


def test_a_string_that_never_ends_is_repaired_in_one_pass() -> None:
    text = b'{"' + b'\\"' * 150_000
    started = time.monotonic()
    assert repair(text) == text
    assert time.monotonic() - started < 5  # a pass for each quote took a minute


@pytest.mark.parametrize("piece", [rb"\ud800 \u0041", rb"\udfff", b"\t", rb"\\ud800\n"])
def test_a_long_text_is_repaired_in_a_few_times_its_size(piece: bytes) -> None:
    text = b'{"a": "' + piece * (6_000_000 // len(piece)) + b'\x00", "b": NaN}'
    tracemalloc.start()
    try:
        repaired = repair(text)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 * len(text)
    assert len(repaired) == len(text) and b"\x00" not in repaired
    assert len(decode(text, ANYTHING, "f.json")) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b'"a \\"b\\""', 'a "b"'),
        (b'"caf\xe9\\nau lait"', "caf\ufffd\nau lait"),
        (b'"half \\ud800"', "half \ufffd"),
        (b'{"a": "caf\xe9"}', '{"a": "caf\ufffd"}'),
        (b"[1, 2]", "[1, 2]"),
        (b"12.50", "12.50"),
        (b"null", ""),
    ],
)
def test_a_raw_value_is_shown_as_its_string_or_as_it_is_written(value: bytes, text: str) -> None:
    assert raw_text(msgspec.Raw(value)) == text
    assert as_written(msgspec.Raw(value)) == (
        "" if value == b"null" else value.decode(errors="replace")
    )
    assert string(msgspec.Raw(value)) == (text if value.startswith(b'"') else "")


def test_only_a_list_has_elements() -> None:
    assert [bytes(raw) for raw in elements(msgspec.Raw(b'[1, "a", {}]'))] == [b"1", b'"a"', b"{}"]
    assert elements(msgspec.Raw(b'{"a": [1]}')) == []
    assert elements(NO_JSON) == []
    assert raw_text(NO_JSON) == ""
