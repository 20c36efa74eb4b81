from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.agent_files import json_lines
from tests.support.files.editor_agents import HERMES
from tests.support.files.trace_sources import document, memory_source, read_one, shown

META = {"role": "session_meta", "model": "north/north-3", "tools": []}


def lines(*messages: dict[str, Any]) -> bytes:
    return json_lines([META, *messages])


def test_a_document_is_one_session() -> None:
    episode, steps = read_one(document(HERMES))
    assert shown(steps) == [
        [("message", '[SYSTEM: The user has invoked the "plan" skill.]')],
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I list."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("call", '{"command": "rm"}'),
            ("result", '{"output": "a.py", "error": null}'),
            ("result", '{"output": "", "error": "no right"}'),
        ],
        [("message", "Done.")],
    ]
    assert [part.is_error for part in steps[2].parts[4:]] == [False, True]
    assert [step.flags for step in steps] == [
        *(StepFlag.INJECTED, StepFlag.NONE, StepFlag.ERROR, StepFlag.NONE)
    ]
    assert (episode.key, episode.model) == ("20260301_101500_ab12cd", "north/north-3")
    assert (episode.task, episode.cwd) == ("Fix the ferry", "/home/mira/ferry app")
    assert (episode.started_at, episode.ended_at) == (1772360100_500000, 1772360160_000000)


def test_lines_are_the_same_session_with_times() -> None:
    messages = [
        message | {"timestamp": f"2026-03-01T10:15:0{number}"}
        for number, message in enumerate(HERMES["messages"][:-1])
    ]
    name = "sessions/20260301_101500_ab12cd.jsonl"
    episode, steps = read_one(memory_source(lines(*messages), name))
    whole, expected = read_one(document(HERMES))
    assert shown(steps) == shown(expected)
    assert (episode.key, episode.model) == (whole.key, whole.model)
    assert [step.at for step in steps] == [1772360100_000000 + s * 1_000_000 for s in (0, 1, 2, 5)]


def test_a_file_without_an_id_has_it_in_its_name() -> None:
    bare = copy.deepcopy(HERMES) | {"session_id": None}
    assert read_one(document(bare, "session_20260301_1.json"))[0].key == "20260301_1"


@pytest.mark.parametrize(
    ("text", "source", "flags"),
    [
        ("You just executed tool calls but returned an empty response. Go on.", "user", 4),
        ("[CONTEXT COMPACTION] So far: a ferry.", "system", 8),
        ("Fix [SYSTEM: this]", "user", 0),
    ],
)
def test_what_hermes_writes_itself_is_no_prompt(text: str, source: str, flags: int) -> None:
    _, steps = read_one(memory_source(lines({"role": "user", "content": text}), "1.jsonl"))
    assert [(step.source, step.flags) for step in steps] == [(StepSource(source), flags)]


@pytest.mark.parametrize(
    ("content", "failed"),
    [
        ('{"error": "gone"}', True),
        ('{"error": ""}', False),
        ('{"error": null, "exit_code": 1}', False),
        ('{"error": "cut', False),
        ("error", False),
        ('["error"]', False),
    ],
)
def test_a_result_failed_if_its_error_says_why(content: str, failed: bool) -> None:
    call = {"id": "c", "function": {"name": "shell", "arguments": "{}"}}
    messages = (
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": content},
    )
    _, steps = read_one(memory_source(lines(*messages), "1.jsonl"))
    assert steps[0].parts[-1].is_error is failed


def test_a_session_without_a_message_waits() -> None:
    with pytest.raises(NothingToImport, match="without a message"):
        read_one(document(HERMES | {"messages": []}))


def test_the_real_document(data: Path) -> None:
    path = data / "agent-zoo/hermes/home/sessions/session_20260420_130311_a41c5a.json"
    if not path.is_file():
        pytest.skip("../shared/data/agent-zoo is missing")
    _, steps = read_one(memory_source(path.read_bytes(), path.name))
    assert sum(step.source is StepSource.AGENT for step in steps) == 44
    assert sum(step.source is StepSource.USER for step in steps) == 3


def test_lines_of_a_session_that_was_resumed_lack_the_first() -> None:
    answer = {"role": "assistant", "content": "Done.", "finish_reason": "stop"}
    failed = {"role": "tool", "content": '{"error": "no right"}', "tool_call_id": "c1"}
    call = {"id": "c1", "function": {"name": "rm", "arguments": "{}"}}
    messages = [{"role": "user", "content": "Go on"}, {**answer, "tool_calls": [call]}, failed]
    stamped = [message | {"timestamp": "2026-03-01T10:15:00.25"} for message in messages]
    episode, steps = read_one(memory_source(json_lines(stamped), "20260301_101500_ab12cd.jsonl"))
    assert (episode.format, episode.key) == ("hermes", "20260301_101500_ab12cd")
    assert [step.flags for step in steps] == [StepFlag.NONE, StepFlag.ERROR]


def test_what_hermes_says_before_it_forgets_is_no_prompt() -> None:
    told = {"role": "user", "content": "[System: This session is about to be reset.]"}
    _, steps = read_one(document({**HERMES, "messages": [*HERMES["messages"], told]}))
    assert shown(steps)[-1] == [("message", told["content"])]
    assert steps[-1].flags == StepFlag.INJECTED
