"""Sessions of Claude Code in which nothing was said or done: said so, never an empty episode."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine import EpisodeQuery, open_memory
from tests.support.files.line_sources import jsonl
from tests.support.files.trace_sources import memory_source, read_one, shown


def lines(session: str, *contents: Any) -> str:
    """A session's lines: prompts and replies in turn, with these contents."""
    return "".join(
        json.dumps(
            {
                "type": ("user", "assistant")[at % 2],
                "sessionId": session,
                "uuid": f"{session}-{at}",
                "message": {"role": ("user", "assistant")[at % 2], "content": content},
            }
        )
        + "\n"
        for at, content in enumerate(contents)
    )


def test_a_session_without_words_or_acts_is_no_episode(tmp_path: Path) -> None:
    blank = tmp_path / "blank.jsonl"
    blank.write_text(lines("blank", "  ", [{"type": "text", "text": ""}], [], []))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([blank])
        assert len(memory.episodes.find(EpisodeQuery())) == 0
        [set_aside] = memory.sources.aside()
        assert "nothing was said" in set_aside.reason


def test_the_session_beside_it_in_one_file_is_read(tmp_path: Path) -> None:
    both = tmp_path / "both.jsonl"
    both.write_text(lines("blank", "", []) + lines("talk", "Comb the wool", "Combed."))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([both])
        listed = memory.episodes.find(EpisodeQuery())
        assert [episode.key for episode in memory.episodes.get(listed.window(0, 9))] == ["talk"]


@pytest.mark.parametrize("role", [{}, {"role": "assistant"}])
def test_lines_cut_down_to_what_was_said_are_a_session(role: dict[str, str]) -> None:
    lines = [
        {"type": "user", "timestamp": "2026-09-01T10:00:00Z", "message": {"content": "Mow"}},
        {
            "type": "assistant",
            "timestamp": "2026-09-01T10:00:02Z",
            "message": {**role, "model": "m-1", "content": [{"type": "text", "text": "Mown."}]},
        },
    ]
    draft, steps = read_one(memory_source(jsonl(*lines)))
    assert (draft.format, draft.task, draft.model) == ("claude-code", "Mow", "m-1")
    assert shown(steps) == [[("message", "Mow")], [("message", "Mown.")]]
