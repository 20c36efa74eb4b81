from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from hpm_engine.ingest.chat.calls import calls_in
from hpm_engine.ingest.chat.records import ChatRecordsReader
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.values.episodes import PartKind
from tests.support.files.trace_sources import document

ARGUMENTS = {"command": "ls"}


def read_calls(value: Any) -> tuple[list[tuple[str, str, str]], list[str]]:
    missed: list[str] = []
    calls = calls_in(msgspec.Raw(json.dumps(value).encode()), missed.append)
    return [(call.name, call.text, call.call_id) for call in calls], missed


@pytest.mark.parametrize(
    "call",
    [
        {"function": "bash", "args": ARGUMENTS},
        {"function": "bash", "arguments": ARGUMENTS, "type": "function"},
        {"function": {"name": "bash", "arguments": ARGUMENTS}},
        {"function": {"name": "bash", "parameters": ARGUMENTS}},
        {"name": "bash", "args": ARGUMENTS},
        {"name": "bash", "input": ARGUMENTS, "type": "tool_use"},
        {"tool": "bash", "parameters": ARGUMENTS},
        {"tool_name": "bash", "kwargs": ARGUMENTS},
        {"toolName": "bash", "args": ARGUMENTS},
        {"function_name": "bash", "arguments": ARGUMENTS},
        {"function": {"name": "bash"}, "args": ARGUMENTS},
    ],
)
def test_a_call_is_read_in_the_shape_that_it_was_written_in(call: dict[str, Any]) -> None:
    expected = [("bash", '{"command": "ls"}', "c1")]
    for written in ([{**call, "id": "c1"}], {**call, "call_id": "c1"}):
        assert read_calls(written) == (expected, [])
        assert read_calls(json.dumps(written)) == (expected, [])


def test_arguments_that_are_json_in_a_text_stay_that_text() -> None:
    call = {"function": {"name": "bash", "arguments": '{"command":  "ls"}'}}
    assert read_calls([call])[0] == [("bash", '{"command":  "ls"}', "")]


@pytest.mark.parametrize("call", ["ls -la", 17, True, ["ls"], {"what": "ls"}])
def test_a_call_of_an_unknown_shape_is_shown_as_written_and_said(call: Any) -> None:
    ((name, text, _),), missed = read_calls([call])
    assert name == ""
    assert text == (call if isinstance(call, str) else json.dumps(call))
    assert missed == ["a tool call"]


@pytest.mark.parametrize("nothing", [None, [], {}, "", [None], [{}]])
def test_no_call_is_none(nothing: Any) -> None:
    assert read_calls(nothing) == ([], [])


@pytest.mark.parametrize("odd", [7, "text", [7], {"a": 1}, [[]], [{"function": 5}]])
def test_odd_calls_cost_neither_the_message_nor_the_file(odd: Any) -> None:
    messages = [
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": "Gone", "tool_calls": odd},
        {"role": "user", "content": "Thanks"},
    ]
    (episode,) = ChatRecordsReader().read(document({"messages": messages}))
    texts = [p.text for s in episode.steps for p in s.parts if p.kind is PartKind.MESSAGE]
    assert texts == ["Go", "Gone", "Thanks"]


def test_calls_by_name_and_args_are_answered_by_the_results_that_follow() -> None:
    messages = [
        {"role": "user", "content": "List"},
        {
            "role": "assistant",
            "content": "I list.",
            "tool_calls": [{"function": "bash", "args": {"command": "ls"}}],
        },
        {"role": "tool", "content": "a.py"},
    ]
    (episode,) = ChatRecordsReader().read(document({"messages": messages}))
    _, step = episode.steps
    assert [(part.kind.value, part.name, part.text) for part in step.parts] == [
        ("message", "", "I list."),
        ("call", "bash", '{"command": "ls"}'),
        ("result", "", "a.py"),
    ]


def test_a_run_of_calls_by_name_with_its_errors_and_its_label() -> None:
    call = {"function": "pay", "args": {"to": "Ann"}, "id": "c1", "placeholder_args": None}
    messages = [
        {"role": "user", "content": [{"type": "text", "content": "Pay Ann"}]},
        {"role": "assistant", "content": [], "tool_calls": [call]},
        {"role": "tool", "content": "", "tool_call_id": "c1", "error": "ValueError: how much?"},
        {"role": "user", "content": "Five."},
    ]
    record = {"suite_name": "banking", "messages": messages, "utility": False}
    (episode,) = ChatRecordsReader().read(document(record))
    asked, paid, more = episode.steps
    assert [step.parts[0].text for step in (asked, more)] == ["Pay Ann", "Five."]
    assert paid.parts[-1].text == "ValueError: how much?"
    assert paid.parts[-1].is_error
    assert episode.outcome.value == "failure"


@pytest.mark.parametrize("kind", ["chat", "mini", "swe"])
def test_a_call_of_an_unknown_shape_is_in_the_account(kind: str) -> None:
    messages = [
        {"role": "system", "content": "You act."},
        {"role": "user", "content": "Go", "agent": "main"},
        {"role": "assistant", "content": "I go.", "tool_calls": [["ls"]]},
    ]
    documents: dict[str, dict[str, Any]] = {
        "chat": {"messages": messages},
        "mini": {"messages": messages, "trajectory_format": "mini-swe-agent-1.1", "info": {}},
        "swe": {"history": [{"agent": "main", **message} for message in messages]},
    }
    source = document(documents[kind])
    reader = detect(source)
    assert not isinstance(reader, NotATrace)
    steps = [step for episode in reader.read(source) for step in episode.steps]
    assert [p.text for p in steps[-1].parts if p.kind is PartKind.CALL] == ['["ls"]']
    assert dict(source.account.sums().unknown)["a tool call"] == 1
