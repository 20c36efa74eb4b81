from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from tests.support.files.agent_files import OPENHANDS, OPENHANDS_SDK, json_lines
from tests.support.files.trace_sources import document, read_one, shown, tar_of, zip_of


def files(events: list[dict[str, Any]], indent: int | None = None) -> dict[str, bytes]:
    """A conversation's folder as the SDK keeps it; version 0 numbers the files alone."""
    return {
        (f"events/event-{n:05}-{e['id']}.json" if "kind" in e else f"events/{n}.json"): json.dumps(
            e, indent=indent
        ).encode()
        for n, e in enumerate(events)
    }


def write(folder: Path, members: dict[str, bytes]) -> Path:
    for name, data in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def sources(path: Path, **limits: int) -> list[SourceFile]:
    bounds = msgspec.structs.replace(DEFAULT_LIMITS, **limits)
    sources = list(walk([path], bounds))
    assert all(isinstance(source, SourceFile) for source in sources)
    return sources  # type: ignore[return-value]


@pytest.mark.parametrize("events", [OPENHANDS, OPENHANDS_SDK], ids=["v0", "sdk"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_folder_of_events_is_one_conversation(
    tmp_path: Path, events: list[dict[str, Any]], indent: int | None
) -> None:
    write(tmp_path / "c", {"base_state.json": b'{"id": "c"}'} | files(events, indent))
    settings, source = sources(tmp_path)
    assert settings.name.endswith("base_state.json")
    assert source.name == str(tmp_path / "c" / "events")
    assert [json.loads(line) for line in source.read().splitlines()] == events
    assert source.size == len(source.read())
    assert shown(read_one(source)[1]) == shown(read_one(document(events))[1])


@pytest.mark.parametrize("packing", ["zip", "gz"])
def test_in_archives_the_members_order_is_no_matter(tmp_path: Path, packing: str) -> None:
    members = dict(reversed(files(OPENHANDS_SDK).items())) | {"notes.txt": b"hello"}
    packed = zip_of(members) if packing == "zip" else tar_of(members, packing)
    (tmp_path / "c.bin").write_bytes(packed)
    events, notes = sources(tmp_path)
    assert events.read() == json_lines(OPENHANDS_SDK)
    assert notes.name.endswith("notes.txt")


def test_files_of_other_contents_or_folders_stay_apart(tmp_path: Path) -> None:
    write(tmp_path / "a", files(OPENHANDS_SDK[:2]))
    write(tmp_path / "b", files(OPENHANDS_SDK[2:]))
    write(tmp_path / "c", {"events/1.json": b'{"id": 1}', "events/event-1-x.json": b"[1]"})
    assert [Path(source.name).relative_to(tmp_path).as_posix() for source in sources(tmp_path)] == [
        "a/events",
        "b/events",
        "c/events/1.json",
        "c/events/event-1-x.json",
    ]


def test_an_exported_conversation_is_read_from_its_archive(tmp_path: Path) -> None:
    """The names and the layout are those of the export in OpenHands' own interface."""
    members = {
        f"event_{number:06}_{event['id']}.json": json.dumps(event, indent=2).encode()
        for number, event in enumerate(OPENHANDS_SDK)
    }
    (tmp_path / "c.zip").write_bytes(zip_of(members | {"meta.json": b'{"title": "Make a file"}'}))
    events, meta = sources(tmp_path)
    assert shown(read_one(events)[1]) == shown(read_one(document(OPENHANDS_SDK))[1])
    assert meta.name.endswith("meta.json")


def test_more_than_may_be_held_at_once_comes_in_parts(tmp_path: Path) -> None:
    write(tmp_path, files(OPENHANDS_SDK))
    parts = sources(tmp_path, document_size=1_000)
    assert len(parts) > 1
    assert all(part.size <= 1_000 for part in parts)
    assert b"".join(part.read() for part in parts) == json_lines(OPENHANDS_SDK)


def test_a_folder_that_grew_adds_its_tail_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", files(OPENHANDS_SDK[:7]))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        first = memory.import_paths([folder])
        again = memory.import_paths([folder])
        write(folder, files(OPENHANDS_SDK))
        grown = memory.import_paths([folder])
        assert (first.episodes_added, first.steps_added) == (1, 4)
        assert (again.episodes_added, again.episodes_extended, again.steps_added) == (0, 0, 0)
        assert (grown.episodes_added, grown.episodes_extended, grown.steps_added) == (0, 1, 5)
        (key,) = memory.episodes.find(EpisodeQuery()).window(0, 2)
        assert b"".join(memory.originals.whole(key)) == json_lines(OPENHANDS_SDK)
        assert memory.figures.health(check=True).problems == ()
