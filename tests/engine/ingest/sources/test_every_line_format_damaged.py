"""In every format of lines, whatever happened to them, each record is read or said to be damaged.

``HPM_DAMAGED_FILES=10000 pytest -n0 tests/engine/ingest/sources/test_every_line_format_damaged.py``
tries that many generated files; without the variable a few hundred.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpm_engine.errors import CannotImport
from tests.support.files.line_records import FORMATS, Record, line_of, mark, text_of
from tests.support.files.line_sources import source_of

FILES = int(os.environ.get("HPM_DAMAGED_FILES", "300"))
HEADED = (
    "codex",
    "droid",
    "gemini-cli",
    "goose",
    "pi",
)  # their first record says nothing by itself
FATES = st.sampled_from(
    ["", "", "", "glue", "tear", "tear glue", "nul before", "nul behind", "raw newline"]
)


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_file_is_read_and_counted(name: str) -> None:
    reader, record = FORMATS[name]
    source = source_of(b"".join(line_of(record(n)) for n in range(5)))
    text = text_of(source, reader)
    assert all(mark(n) in text for n in range(5))
    account = source.account.sums()
    assert (account.read, account.damaged, account.mended) == (5, 0, 0)
    assert not account.passed_over and not account.unknown


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("fields", [b"", b"event: line\r\nid: 7\n"], ids=["data", "fields"])
@pytest.mark.parametrize("size", [0, 100_000])
def test_records_in_a_stream_of_events_are_read(name: str, fields: bytes, size: int) -> None:
    reader, record = FORMATS[name]
    events = [fields + b"data: " + line_of(record(n)) + b"\n" for n in range(4)]
    events[0] = events[0].replace(mark(0).encode(), mark(0).encode() + b" " * size)
    source = source_of(b"".join(events) + b"data: [DONE]\n\n")
    text = text_of(source, reader)
    assert all(mark(n) in text for n in range(4))
    account = source.account.sums()
    assert (account.read, account.damaged, account.mended) == (4, 0, 0)


@pytest.mark.parametrize("name", FORMATS)
def test_lines_that_are_no_records_are_said(name: str) -> None:
    reader, record = FORMATS[name]
    lines = [line_of(record(n)) for n in range(4)]
    lines[2:2] = [b"17\n", b'"a text"\n', b"null\n", b"garbage\n"]
    source = source_of(b"".join(lines))
    text = text_of(source, reader)
    assert all(mark(n) in text for n in range(4))
    account = source.account.sums()
    assert account.read == 4
    assert sum(count for _, count in account.passed_over) + account.damaged == 4
    assert account.damaged == 1 and account.unknown == (("a line that is no object", 3),)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("first", [0, 30, 60], ids=["NUL", "torn", "torn late"])
def test_a_damaged_first_line_costs_itself_alone(name: str, first: int) -> None:
    reader, record = FORMATS[name]
    lines = [line_of(record(n)) for n in range(4)]
    lines[0] = lines[0][: min(first, len(lines[0]) - 5)] + (b"\n" if first else b"\0" * 600 + b"\n")
    source = source_of(b"".join(lines))
    if name == "gemini-cli":
        pytest.skip("without its head a session of Gemini CLI is like any list of messages")
    text = text_of(source, reader)
    assert all(mark(n) in text for n in range(1, 4))
    account = source.account.sums()
    assert account.read == 3 and account.damaged + account.mended == 1


@st.composite
def files(draw: st.DrawFn, record: Callable[[int], Record]) -> tuple[bytes, set[int], list[int]]:
    """A file of records; the numbers of the whole ones; how many cut ones stand together.

    Of cut ones without a line end between nobody can tell for sure how many they were.
    """
    data, whole, torn, before = line_of(record(0)), {0}, [], ""
    for n in range(1, draw(st.integers(2, 6))):
        line, fate = line_of(record(n)).strip(), draw(FATES)
        if fate.startswith("tear"):
            line = line[: draw(st.integers(line.index(b":") + 1, len(line) - 1))]
            if before == "tear glue":
                torn[-1] += 1
            else:
                torn.append(1)
        else:
            whole.add(n)
        if fate == "nul before":
            line = b"\0" * draw(st.integers(1, 9)) + line
        elif fate == "nul behind":
            line += b"\0" * draw(st.integers(1, 9))
        elif fate == "raw newline":
            line = line.replace(mark(n).encode(), mark(n).encode() + b"\n")
        data += line + (b"" if fate.endswith("glue") else b"\n")
        before = fate
    return data + b"\n", whole, torn


@pytest.mark.parametrize("name", FORMATS)
def test_every_whole_record_is_read_and_every_cut_one_is_said(name: str) -> None:
    reader, record = FORMATS[name]

    @settings(
        max_examples=-(-FILES // len(FORMATS)),
        suppress_health_check=list(HealthCheck),
    )
    @given(file=files(record))
    def check(file: tuple[bytes, set[int], list[int]]) -> None:
        data, whole, torn = file
        source = source_of(data)
        if whole == {0} and name in HEADED:
            with pytest.raises(CannotImport, match=r"line \d+: "):
                text_of(source, reader)
            return
        text = text_of(source, reader)
        assert [n for n in sorted(whole) if mark(n) not in text] == []
        account = source.account.sums()
        assert account.read == len(whole)
        assert len(torn) <= account.damaged <= sum(torn), "no silent loss, no false alarm"

    check()
