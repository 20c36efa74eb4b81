from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import StepFlag
from tests.support.files.agent_files import json_lines
from tests.support.files.real_zoo import wrong_units
from tests.support.files.small_agents import VIBE, VIBE_LINES, VIBE_METADATA
from tests.support.files.trace_sources import document, read_all, read_one, shown


def in_folder(folder: Path, lines: list[dict[str, Any]], metadata: bytes) -> SourceFile:
    place = folder / "session_2026_ab"
    place.mkdir()
    (place / "messages.jsonl").write_bytes(json_lines(lines))
    (place / "meta.json").write_bytes(metadata)
    (source,) = walk([place / "messages.jsonl"])
    assert isinstance(source, SourceFile)
    return source


def assert_is_session(episode: EpisodeDraft, steps: list[StepDraft]) -> None:
    assert (episode.format, episode.key, episode.title) == ("vibe", "v-1", "Counting")
    assert (episode.cwd, episode.branch, episode.model) == ("/home/mo/mill", "rye", "m-1")
    assert (episode.tokens_in, episode.tokens_out, episode.cost_usd) == (70, 7, None)
    assert (episode.continues_key, episode.parent_key) == ("v-0", "")
    assert episode.started_at == micros("2026-01-01T00:00:00Z")
    assert episode.ended_at == micros("2026-01-01T00:09:00Z")
    assert shown(steps)[1:] == [
        [("message", "Count")],
        [
            ("reasoning", "One by one."),
            ("message", "I count."),
            ("call", '{"a":1}'),
            ("result", "<tool_error>none</tool_error>"),
        ],
        [("message", "<vibe_warning>long</vibe_warning>")],
    ]
    assert [step.flags for step in steps] == [
        StepFlag.INJECTED,
        StepFlag.NONE,
        StepFlag.ERROR,
        StepFlag.INJECTED,
    ]


def test_both_ways_of_writing_a_session_tell_the_same(tmp_path: Path) -> None:
    assert_is_session(*read_one(document(VIBE)))
    metadata = json.dumps(VIBE_METADATA).encode()
    assert_is_session(*read_one(in_folder(tmp_path, VIBE_LINES, metadata)))


def test_lines_without_ids_are_known_by_the_file_beside_them(tmp_path: Path) -> None:
    lines = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]
    episode, _ = read_one(in_folder(tmp_path, lines, b"{damaged"))
    assert (episode.format, episode.key) == ("vibe", "session_2026_ab")


def test_a_session_in_which_nobody_spoke_is_none() -> None:
    with pytest.raises(NothingToImport):
        read_all(document(VIBE | {"messages": VIBE_LINES[:1]}))


@pytest.mark.parametrize("kind", ["vibe", "vibe-legacy"])
def test_real_sessions_are_read_right(kind: str) -> None:
    assert wrong_units(kind) == {}
