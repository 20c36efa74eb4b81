from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hpm_engine.importing.preparation import PreparedSource
from hpm_engine.importing.read_ahead import ReadAhead


@pytest.fixture
def reader() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def sources(
    count: int, read_on: list[int], enough: threading.Event, at: int
) -> Iterator[PreparedSource]:
    for number in range(count):
        read_on.append(threading.get_ident())
        if number == at:
            enough.set()
        yield PreparedSource(f"source {number}")


def test_sources_keep_their_order_whoever_reads_them(reader: ThreadPoolExecutor) -> None:
    ahead, read_on, enough = ReadAhead(reader), list[int](), threading.Event()
    ahead.start(sources(50, read_on, enough, at=10))
    first = [next(ahead).name for _ in range(3)]
    with ahead.beside():
        assert enough.wait(10)
    names = first + [source.name for source in ahead]
    assert names == [f"source {number}" for number in range(50)]
    here = threading.get_ident()
    assert read_on[:3] == [here] * 3
    assert here not in read_on[3:11]


def test_reading_ahead_stops_with_the_block_and_at_the_end(reader: ThreadPoolExecutor) -> None:
    ahead, read_on = ReadAhead(reader), list[int]()
    ahead.start(sources(5, read_on, threading.Event(), at=0))
    assert next(ahead).name == "source 0"
    for _ in range(3):
        with ahead.beside():
            pass
        so_far = len(read_on)
    with ahead.beside():
        pass
    assert [source.name for source in ahead][-1] == "source 4"
    assert so_far <= len(read_on) == 5
    with ahead.beside():
        pass
    assert list(ahead) == []


def test_an_error_beside_the_block_is_not_lost(reader: ThreadPoolExecutor) -> None:
    def failing() -> Iterator[PreparedSource]:
        yield PreparedSource("good")
        raise OSError("the disk is gone")

    ahead = ReadAhead(reader)
    ahead.start(failing())
    assert next(ahead).name == "good"
    with pytest.raises(OSError, match="gone"), ahead.beside():
        pass
