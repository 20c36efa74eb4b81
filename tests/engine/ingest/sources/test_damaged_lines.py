"""Whatever happened to a file's lines, each record is read or said to be damaged.

``HPM_DAMAGED_FILES=10000 pytest -n0 tests/engine/ingest/sources/test_damaged_lines.py``
tries that many
generated files; without the variable a few hundred.
"""

from __future__ import annotations

import io
import json
import os

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS
from hpm_engine.ingest.sources.line_records import Located, typed_lines
from hpm_engine.ingest.sources.source import SourceFile

FILES = int(os.environ.get("HPM_DAMAGED_FILES", "300"))


class Note(msgspec.Struct):
    """A record of the test."""

    n: int = -1
    text: str = ""
    part: object = None


NOTE = TypedDecoder(Note)


def note(n: int, text: str = "x", part: object = None) -> bytes:
    return json.dumps({"n": n, "text": text, "part": part}).encode()


def source_of(data: bytes, line_size: int = DEFAULT_LIMITS.line_size) -> SourceFile:
    limits = msgspec.structs.replace(DEFAULT_LIMITS, line_size=line_size)
    return SourceFile("notes.jsonl", len(data), lambda: io.BytesIO(data), limits=limits)


def read(data: bytes) -> tuple[list[Located[Note]], SourceFile]:
    source = source_of(data)
    records = list(typed_lines(source, NOTE, source.account))
    for record in records:
        own = NOTE.decode(data[record.start : record.start + record.size])
        assert own == record.record, "a record's range holds it and nothing else"
    return records, source


A, B, C = note(1, 'a "quoted" one'), note(2, "b", {"n": 7, "list": [1, {"x": []}]}), note(3, "c")


@pytest.mark.parametrize(
    ("data", "numbers", "mended"),
    [
        (A + B + b"\n" + C + b"\n", [1, 2, 3], 1),
        (A + b"  " + B + b" \t" + C + b"\n", [1, 2, 3], 1),
        (A + b"\0" * 50 + b"\n" + B + b"\n", [1, 2], 1),
        (b"\0" * 50 + A + b"\n" + B + b"\n", [1, 2], 1),
        (A + b"\0\0" + B + b"\n", [1, 2], 1),
        (A + b"\n" + b"\0" * 70_000 + b"\n" + B + b"\n", [1, 2], 1),
        (A.replace(b"quoted", b"qu\0ted") + b"\n" + B + b"\n", [1, 2], 1),
        (A.replace(b"quoted", b"quo\nted") + b"\n" + B + b"\n", [1, 2], 1),
        (A.replace(b"quoted", b"q\n\nu\no") + b"\n" + B + b"\n", [1, 2], 1),
        (b"".join(b"\x1e" + record + b"\n" for record in (A, B, C)), [1, 2, 3], 0),
        (
            b"".join(b"data: " + record + b"\n\n" for record in (A, B)) + b"data: [DONE]\n",
            [1, 2],
            0,
        ),
        (b"\r".join((A, B, C)) + b"\r", [1, 2, 3], 0),
        (b"\r\n".join((A, B, C)) + b"\r\n", [1, 2, 3], 0),
        (b"\xef\xbb\xbf" + A + b"\n\xef\xbb\xbf" + B + b"\n", [1, 2], 0),
        (b"[\n" + b",\n".join((A, B, C)) + b"\n]\n", [1, 2, 3], 0),
        (b"[" + b", ".join((A, B, C)) + b"]", [1, 2, 3], 0),
        (json.dumps([json.loads(r) for r in (A, B, C)], indent=2).encode(), [1, 2, 3], 0),
        (b"\n".join(json.dumps(json.loads(r), indent=1).encode() for r in (A, B)), [1, 2], 0),
    ],
)
def test_nothing_whole_is_lost(data: bytes, numbers: list[int], mended: int) -> None:
    records, source = read(data)
    assert [record.record.n for record in records] == numbers
    account = source.account.sums()
    assert (account.read, account.damaged, account.mended) == (len(numbers), 0, mended)


@pytest.mark.parametrize(
    ("data", "numbers", "damaged"),
    [
        (A[:20] + B + b"\n" + C + b"\n", [2, 3], 1),
        (A[:20] + b"\n" + B + b"\n", [2], 1),
        (A + B[:20] + b"\n" + C + b"\n", [1, 3], 1),
        (A[:20] + B[:20] + C + b"\n", [3], 2),
        (A[20:] + b"\n" + B + b"\n", [2], 1),
        (A[:20] + b"\0" * 9 + B + b"\n", [2], 1),
        (B[:-6] + b"\n" + A + b"\n", [1], 1),
        (b"garbage\n" + A + b"\n", [1], 1),
    ],
)
def test_what_is_cut_is_said_and_the_rest_is_read(
    data: bytes, numbers: list[int], damaged: int
) -> None:
    records, source = read(data)
    assert [record.record.n for record in records] == numbers
    assert source.account.sums().damaged == damaged


def test_a_long_line_costs_itself_alone() -> None:
    long = note(2, "y" * 3_000_000)
    data = b"\n".join((A, long, C)) + b"\n"
    source = source_of(data, line_size=1_000_000)
    assert [line.record.n for line in typed_lines(source, NOTE, source.account)] == [1, 3]
    (damage,) = source.account.sums().places
    assert (damage.place, damage.start, damage.size) == ("line 2", len(A) + 1, len(long))


def test_a_last_line_that_is_still_being_written_is_no_damage() -> None:
    for cut in range(1, len(B)):
        records, source = read(A + b"\n" + B[:cut])
        assert [record.record.n for record in records] == [1]
        assert (source.account.damaged, source.account.cut) == (0, True)


TEXTS = st.text(max_size=30) | st.sampled_from(
    ['{"n":', "}{", 'say "n": 1', "\\", "if (x) {", ", "]
)
PARTS = st.recursive(
    st.none() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
DAMAGE = st.sampled_from(
    ["", "", "", "glue", "tear", "tear glue", "nul before", "nul behind", "nul"]
)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, set[int], set[int]]:
    """A file of records; the numbers of those that are whole, and of those that were cut."""
    data, whole, torn = b"", set(), set()
    for n in range(draw(st.integers(1, 6))):
        record, fate = note(n, draw(TEXTS), draw(PARTS)), draw(DAMAGE)
        if fate.startswith("tear"):
            record = record[: draw(st.integers(1, len(record) - 1))]
            torn.add(n)
        else:
            whole.add(n)
        if fate == "nul before":
            record = b"\0" * draw(st.integers(1, 9)) + record
        elif fate in ("nul behind", "nul"):
            record += b"\0" * draw(st.integers(1, 9))
        data += record + (b"" if fate in ("glue", "tear glue") else b"\n")
    return data + b"\n", whole, torn


@settings(max_examples=FILES, suppress_health_check=list(HealthCheck))
@given(file=files())
def test_every_whole_record_is_read_and_every_cut_one_is_said(
    file: tuple[bytes, set[int], set[int]],
) -> None:
    data, whole, torn = file
    records, source = read(data)
    account = source.account.sums()
    assert {record.record.n for record in records} >= whole
    assert len(records) == len(whole)
    assert account.read == len(records)
    assert bool(account.damaged) == bool(torn), "no silent loss, no false alarm"
