"""Memories with damage, cut, reordered or enlarged: read as far as they go, in bounded time."""

from __future__ import annotations

import json
import random
import time

import pytest

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.memory_notes.kinds import note_reader
from tests.support.files.agent_files import json_lines
from tests.support.files.trace_sources import memory_source

_FRONT = "---\nname: kiln\ndescription: of it\nmetadata:\n  type: feedback\n---\n"
SAMPLES: dict[str, bytes] = {
    "/h/projects/-r-kiln/memory/kiln.md": f"{_FRONT}# Kiln\n\n- Fire [slowly](a.md)\n".encode(),
    "/r/CLAUDE.md": b"# Rules\n\n- Run `make test`\n\n@more.md\n",
    "/n/a.md": b"---\npermalink: a\n---\n- [idea] b #c\n- part_of [[D]]\n",
    "/m/memory.jsonl": json_lines(
        [
            {"name": f"n{number}", "entityType": "e", "observations": [f"o{number}", None, 7]}
            for number in range(40)
        ]
    ),
    "/e/chunk.jsonl": json.dumps(
        {"sessions": None, "observations": [{"id": 1, "title": "a", "content": "b"}] * 40}
    ).encode(),
    "/c/memories.json": json.dumps([{"account_uuid": "a", "conversations_memory": "b"}]).encode(),
}


def read(data: bytes, name: str) -> int:
    """How many notes come of it; a refusal names the file and says more than that."""
    source = memory_source(data, name)
    reader = note_reader(source)
    try:
        return 0 if reader is None else len(list(reader.notes(source)))
    except CannotImport as error:
        assert str(error).startswith(f"{name}")
        assert len(str(error)) > len(name) + 20
        return 0


@pytest.mark.parametrize("name", SAMPLES)
def test_any_damage_ends_soon_and_without_a_crash(name: str) -> None:
    data, chooser = SAMPLES[name], random.Random(name)
    assert read(data, name) > 0
    started = time.perf_counter()
    for _ in range(150):
        start = chooser.randrange(len(data))
        stop = min(len(data), start + chooser.randrange(1, 40))
        noise = bytes(chooser.randrange(256) for _ in range(chooser.randrange(8)))
        for changed in (data[:start], data[start:], data[:start] + noise + data[stop:]):
            read(changed, name)
    lines = data.splitlines(keepends=True)
    chooser.shuffle(lines)
    read(b"".join(lines), name)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("name", SAMPLES)
def test_a_large_one_takes_time_in_proportion(name: str) -> None:
    started = time.perf_counter()
    read(SAMPLES[name] * (2_000_000 // len(SAMPLES[name])), name)
    assert time.perf_counter() - started < 2


def test_one_entity_in_many_lines_takes_time_in_proportion() -> None:
    records = [
        {"name": "kiln", "entityType": "e", "observations": [f"o{number}"]}
        for number in range(20_000)
    ]
    started = time.perf_counter()
    assert read(json_lines(records), "/m/memory.jsonl") == 1
    assert time.perf_counter() - started < 2
