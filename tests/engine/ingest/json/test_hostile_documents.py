from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.ingest.detect import READERS, NotATrace, detect
from hpm_engine.ingest.sources.archives import open_source
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS
from hpm_engine.ingest.sources.source import SourceFile, Unreadable
from tests.support.files.agent_files import GEMINI, OPENHANDS, OPENHANDS_SDK, json_lines
from tests.support.files.agent_lines import AGENT_LINES
from tests.support.files.benchmark_files import REFLEXION
from tests.support.files.small_agents import GPTME, VIBE_LINES
from tests.support.files.span_files import SPANS
from tests.support.files.specstory_pages import PAGE as SPECSTORY
from tests.support.files.trace_sources import DOCUMENTS, chat, memory_source, tar_of, zip_of
from tests.support.files.web_export_files import PAGE

CHAT: dict[str, Any] = {"messages": chat(("user", "Go"), ("assistant", "<execute>ls</execute>"))}
SAMPLES = {
    name: json.dumps(value, indent=1 if name == "swe" else None).encode()
    for name, value in (DOCUMENTS | SPANS | {"chat": CHAT}).items()
}
OF_FORMAT = {"mini": "mini-swe-agent", "swe": "swe-agent", "tau": "tau-bench"}
PIECES = st.sampled_from(
    [b"null", b"[]", b"{}", b'""', b"1e999", b"NaN", b"\xff", b"\\ud800", b'"', b"[", b"}", b"\0"]
) | st.binary(max_size=4)


def consume(source: SourceFile) -> None:
    reader = detect(source)
    if not isinstance(reader, NotATrace):
        for episode in reader.read(source):
            for step in episode.steps:
                for part in step.parts:
                    part.text.encode()


@st.composite
def mutated(draw: st.DrawFn, whole: bytes) -> bytes:
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        offset = draw(st.integers(0, len(data)))
        data[offset : offset + draw(st.integers(0, 12))] = draw(PIECES)
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


def values_of(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else []
    for key, inner in list(items) or (enumerate(value) if isinstance(value, list) else ()):
        yield from values_of(inner, (*path, key))


LINES = {
    "gemini lines": json_lines([GEMINI | {"messages": None}, *GEMINI["messages"]]),
    "openhands lines": json_lines(OPENHANDS),
    "sdk lines": json_lines(OPENHANDS_SDK),
    "evaluation": json_lines([{"instance_id": "a__b-1", "history": OPENHANDS}] * 2),
    "reflexion": REFLEXION,
    "gemini-apps page": PAGE,
    "specstory page": SPECSTORY.encode(),
    "gptme lines": json_lines(GPTME),
    "vibe lines": json_lines(VIBE_LINES),
    **{f"{agent} lines": json_lines(lines) for agent, lines in AGENT_LINES.items()},
}


@pytest.mark.parametrize("whole", [*SAMPLES.values(), *LINES.values()], ids=[*SAMPLES, *LINES])
@settings(max_examples=150)
@given(choices=st.data())
def test_damaged_bytes_raise_nothing_but_import_errors(
    whole: bytes, choices: st.DataObject
) -> None:
    source = memory_source(choices.draw(mutated(whole)))
    try:
        consume(source)
    except CannotImport as error:
        assert "trace.json" in str(error)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=150)
@given(choices=st.data())
def test_values_of_the_wrong_type_raise_nothing_but_import_errors(
    name: str, choices: st.DataObject
) -> None:
    value = json.loads(SAMPLES[name])
    path = choices.draw(st.sampled_from([path for path in values_of(value) if path]))
    target = value
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = choices.draw(
        st.sampled_from([None, 0, -1.5, "", "x", [], {}, [[]], [{}], True, 2**70, {"a": [1]}])
    )
    source = memory_source(json.dumps(value).encode())
    wanted = OF_FORMAT.get(name, name.partition(" ")[0])
    (reader,) = (reader for reader in READERS if reader.format == wanted)
    for read in (lambda: consume(source), lambda: [list(e.steps) for e in reader.read(source)]):
        try:
            read()
        except CannotImport as error:
            assert "trace.json" in str(error)


@settings(max_examples=200)
@given(choices=st.data())
def test_damaged_archives_are_unreadable_and_nothing_worse(choices: st.DataObject) -> None:
    members = {"a.json": SAMPLES["mini"], "b.json": SAMPLES["atif"]}
    packing = choices.draw(st.sampled_from(["zip", "", "gz", "xz", "bz2"]))
    whole = zip_of(members) if packing == "zip" else tar_of(members, packing)
    source = memory_source(choices.draw(mutated(whole)), "t")
    for member in open_source("t", source._open, source.size, DEFAULT_LIMITS):
        if isinstance(member, Unreadable):
            assert member.reason
        else:
            member.read()


def test_a_document_above_the_limit_is_refused_by_name() -> None:
    limits = msgspec.structs.replace(DEFAULT_LIMITS, document_size=100)
    with pytest.raises(LimitExceeded, match=r"trace\.json.*100"):
        consume(memory_source(SAMPLES["atif"], limits=limits))


def test_a_line_above_the_limit_costs_that_line_alone() -> None:
    limits = msgspec.structs.replace(DEFAULT_LIMITS, line_size=2_000_000)
    long = {"messages": [*CHAT["messages"], {"role": "user", "content": "x" * 5_000_000}]}
    lines = (json.dumps(CHAT) + "\n" + json.dumps(long) + "\n").encode()
    source = memory_source(lines * 2, limits=limits)
    consume(source)
    second, fourth = source.account.sums().places
    assert (second.place, fourth.place) == ("line 2", "line 4")
    assert second.size == len(json.dumps(long))
    assert (second.mended, "limit for one line" in second.reason) == (False, True)


def test_deep_nesting_behind_the_head_is_refused() -> None:
    deep = '{{"messages": {}, "x": {}}}'.format(json.dumps(CHAT["messages"] * 2000), "[" * 200_000)
    with pytest.raises(LimitExceeded, match="nested"):
        consume(memory_source(deep.encode()))
