from __future__ import annotations

import json

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.agent_files import json_lines
from tests.support.files.real_zoo import wrong_units
from tests.support.files.small_agents import GPTME
from tests.support.files.trace_sources import memory_source, read_all, read_one, shown


def test_code_blocks_that_a_tool_takes_are_calls() -> None:
    source = memory_source(json_lines(GPTME), "logs/2026-01-01-mill/conversation.jsonl")
    episode, steps = read_one(source)
    assert (episode.format, episode.key, episode.model) == ("gptme", "2026-01-01-mill", "m-1")
    system, prompt, reply, context, second = steps
    assert system.flags == context.flags == StepFlag.INJECTED
    assert shown([prompt])[0] == [("message", "Save it"), ("message", "[file: a.csv]")]
    assert shown([reply])[0][1:] == [
        ("call", "a.md\n# A\n```sh\nls\n```"),
        ("call", "ls"),
        ("result", "Saved."),
        ("result", "Error during execution: no"),
    ]
    assert [part.name for part in reply.parts[1:3]] == ["save", "shell"]
    assert (reply.tokens_in, reply.tokens_out, reply.cost_usd) == (35, 2, 0.25)
    assert (reply.flags, reply.at) == (StepFlag.ERROR, micros("2026-01-01T00:00:02.5Z"))
    assert shown([second])[0][1:] == [("call", '{"command":\n"ls"}'), ("result", "b")]


def test_a_conversation_without_marks_is_known_by_its_files_name() -> None:
    lines = [
        {"role": "user", "content": "Hi", "timestamp": "2026-01-01T00:00:01"},
        {"role": "assistant", "content": "Ho", "timestamp": "2026-01-01T00:00:02"},
    ]
    episode, _ = read_one(memory_source(json_lines(lines), "logs/a/conversation.jsonl"))
    assert episode.format == "gptme"
    branch, _ = read_one(memory_source(json_lines(lines), "logs/a/branches/b.jsonl"))
    assert (branch.format, branch.key) == ("gptme", "a")
    chat, steps = read_one(memory_source(json_lines(lines), "talk.jsonl"))
    assert chat.format == "chat"
    assert [step.source for step in steps] == [StepSource.USER, StepSource.AGENT]


def test_a_conversation_of_system_prompts_is_none() -> None:
    with pytest.raises(NothingToImport):
        read_all(memory_source(json.dumps(GPTME[0]).encode() + b"\n"))


def test_real_conversations_are_read_right() -> None:
    assert wrong_units("gptme") == {}
