from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.grok_lines import GROK_HISTORY, GROK_UPDATES
from tests.support.files.line_sources import jsonl
from tests.support.files.trace_sources import memory_source, read_one, shown

SUMMARY = {
    "info": {"id": "9406", "cwd": "/home/mira/ferry"},
    "session_summary": "Ferry",
    "generated_title": "The ferry",
    "current_model_id": "grok-4.5",
    "created_at": "2026-05-04T08:00:00Z",
    "updated_at": "2026-05-04T08:01:00Z",
    "head_branch": "main",
}


def test_a_history_and_what_is_no_prompt_in_it() -> None:
    _, steps = read_one(memory_source(jsonl(*GROK_HISTORY)))
    assert shown(steps) == [
        [("message", "You are Grok.")],
        [("message", "<user_info>macos</user_info>")],
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I look."),
            ("message", "I look."),
            ("call", '{"command":"ls"}'),
            ("result", "a.py"),
        ],
        [("message", "Done."), ("call", '{"query":"ferry"}'), ("reasoning", "I go on.")],
        [("message", "Wait")],
        [("message", "Go on")],
    ]
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.SYSTEM, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.NONE),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.USER, StepFlag.NONE),
    ]


def test_chunks_of_one_prompt_are_one_message() -> None:
    source = memory_source(jsonl(*GROK_UPDATES), "/h/.grok/sessions/%2Fw/9406/updates.jsonl")
    draft, steps = read_one(source)
    assert (draft.format, draft.key, draft.cwd) == ("grok-build", "9406", "/w")
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"c":"ls"}'),
            ("result", "no"),
            ("message", "Done."),
        ],
        [("message", "Thanks")],
    ]
    assert (steps[1].flags, steps[1].tokens_in, steps[1].tokens_out) == (StepFlag.ERROR, 100, 7)
    assert steps[0].at == 1777881601_000000
    assert dict(source.account.sums().passed_over) == {"bookkeeping: plan": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_two_tellings_of_a_session_are_one(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "sessions" / "%2Fw" / "9406"
    folder.mkdir(parents=True)
    (folder / "summary.json").write_text(json.dumps(SUMMARY), encoding=encoding)
    (folder / "chat_history.jsonl").write_bytes(jsonl(*GROK_HISTORY))
    (folder / "updates.jsonl").write_bytes(jsonl(*GROK_UPDATES))
    with open_memory(tmp_path / "m.hpm", create=True) as memory:
        report = memory.import_paths([tmp_path / "sessions"])
        assert report.episodes_added == 1
        (episode,) = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 2))
    assert (episode.key, episode.title, episode.cwd) == ("9406", "The ferry", "/home/mira/ferry")
    assert (episode.model, episode.branch) == ("grok-4.5", "main")
    assert (episode.started_at, episode.ended_at) == (1777881600_000000, 1777881660_000000)


def test_the_first_versions_lines_are_known_by_the_summary_beside_them(tmp_path: Path) -> None:
    lines = [{"role": "user", "content": "Go"}, {"role": "assistant", "content": "Gone"}]
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY))
    (tmp_path / "chat_history.jsonl").write_bytes(jsonl(*lines))
    with open_memory(tmp_path / "m.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "chat_history.jsonl"])
        (episode,) = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 2))
    assert (episode.format, episode.key, episode.steps) == ("grok-build", "9406", 2)


def test_a_session_of_updates_lasts_until_the_last_piece() -> None:
    def update(at: int, words: str) -> dict[str, object]:
        said = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": words}}
        params = {"update": said, "_meta": {"promptId": "p1"}}
        return {"timestamp": at, "method": "session/update", "params": params}

    lines = [update(1782900001, "It is "), update(1782900009, "late.")]
    draft, steps = read_one(memory_source(jsonl(*lines)))
    assert shown(steps) == [[("message", "It is late.")]]
    assert (steps[0].at, draft.ended_at) == (1782900001_000000, 1782900009_000000)
