"""What a tool gave back is shown in every format, whatever kind of content it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.values.episodes import PartKind
from tests.support.files.agent_files import json_lines
from tests.support.files.trace_sources import document, memory_source

CONTENTS: dict[str, Any] = {
    "text": "needle words",
    "object": {"callId": "t1", "parts": {"response": {"output": "needle words"}}},
    "object with content": {"content": "nothing", "stdout": "needle words"},
    "number": 424242,
    "truth": True,
    "list of texts": ["needle words"],
    "list of numbers": [424242],
    "nested list": [[{"type": "text", "text": "needle words"}]],
    "resource": [{"type": "resource", "resource": {"uri": "a:b", "text": "needle words"}}],
    "json": [{"type": "json", "json": {"found": "needle words"}}],
    "search result": [
        {
            "type": "search_result",
            "title": "A page",
            "source": "https://example.org",
            "content": [{"type": "text", "text": "needle words"}],
        }
    ],
    "wrapped": {"content": [{"type": "text", "text": "needle words"}], "isError": False},
}
EXPECTED = {"number": "424242", "list of numbers": "424242", "truth": "true"}

ASK = {"role": "user", "content": "Go"}
CALL = {"id": "t1", "type": "function", "function": {"name": "get", "arguments": "{}"}}
CALLS = {"role": "assistant", "content": "", "tool_calls": [CALL]}
DONE = {"role": "assistant", "content": "Done."}
USE = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "x", "input": {}}]}


def chat(content: Any) -> SourceFile:
    result = {"role": "tool", "tool_call_id": "t1", "content": content}
    return document({"messages": [ASK, CALLS, result, DONE]})


def chat_output(content: Any) -> SourceFile:
    return document({"messages": [ASK, CALLS, {"role": "function", "output": content}, DONE]})


def blocks(content: Any) -> SourceFile:
    result = {"type": "tool_result", "tool_use_id": "t1", "content": content}
    return document([ASK, USE, {"role": "user", "content": [result]}, DONE])


def nested(content: Any) -> SourceFile:
    result = {"role": "tool", "tool_call_id": "t1", "content": content}
    return document({"run": {"log": {"turns": [ASK, CALLS, result, DONE]}}})


def gemini(content: Any) -> SourceFile:
    call = {"id": "t1", "name": "get", "args": {}, "status": "success", "result": content}
    messages = [
        {"id": "1", "type": "user", "content": "Go"},
        {"id": "2", "type": "gemini", "content": "", "toolCalls": [call]},
    ]
    return document({"sessionId": "s", "projectHash": "h", "messages": messages})


def checkpoint(content: Any) -> SourceFile:
    response = {"functionResponse": {"name": "get", "response": content}}
    return document(
        [
            {"role": "user", "parts": [{"text": "Go"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "get", "args": {}}}]},
            {"role": "user", "parts": [response]},
        ]
    )


def atif(content: Any) -> SourceFile:
    call = {"tool_call_id": "t1", "function_name": "get", "arguments": {}}
    seen = {"results": [{"source_call_id": "t1", "content": content}]}
    steps = [
        {"source": "user", "message": "Go"},
        {"source": "agent", "message": "", "tool_calls": [call], "observation": seen},
    ]
    return document({"schema_version": "ATIF-v1.5", "session_id": "s", "steps": steps})


def codex(content: Any) -> SourceFile:
    payloads: list[tuple[str, dict[str, Any]]] = [
        ("session_meta", {"id": "c", "cwd": "/w"}),
        ("event_msg", {"type": "user_message", "message": "Go"}),
        ("response_item", {"type": "function_call", "name": "x", "call_id": "t", "arguments": ""}),
        ("response_item", {"type": "function_call_output", "call_id": "t", "output": content}),
    ]
    when = "2026-01-01T00:00:00Z"
    return memory_source(
        json_lines([{"timestamp": when, "type": kind, "payload": p} for kind, p in payloads])
    )


def openhands(content: Any) -> SourceFile:
    events = [
        {"id": 1, "source": "user", "action": "message", "args": {"content": "Go"}},
        {"id": 2, "source": "agent", "action": "run", "args": {"command": "ls"}},
        {"id": 3, "source": "agent", "observation": "run", "cause": 2, "content": content},
    ]
    return document([{**event, "timestamp": "2025-10-10T06:10:15"} for event in events])


def openhands_sdk(content: Any) -> SourceFile:
    tool = {"tool_name": "get", "tool_call_id": "t1"}
    events = [
        {"kind": "MessageEvent", "source": "user", "llm_message": {"content": "Go"}},
        {"kind": "ActionEvent", "source": "agent", "action": {"kind": "Get"}, **tool},
        {
            "kind": "ObservationEvent",
            "source": "environment",
            "observation": {"content": content},
            **tool,
        },
    ]
    return document(
        [{"id": str(n), "timestamp": "2025-10-10T06:10:15", **e} for n, e in enumerate(events)]
    )


def langsmith(content: Any) -> SourceFile:
    result = {"role": "tool", "tool_call_id": "t1", "content": content}
    run = {
        "id": "a",
        "run_type": "llm",
        "trace_id": "t",
        "inputs": {"messages": [ASK, CALLS, result]},
    }
    return document([run])


FORMATS: list[Callable[[Any], SourceFile]] = [
    *(chat, chat_output, blocks, nested, gemini, checkpoint, atif),
    *(codex, openhands, openhands_sdk, langsmith),
]


@pytest.mark.parametrize("build", FORMATS)
@pytest.mark.parametrize("kind", CONTENTS)
def test_a_result_of_any_kind_is_shown(build: Callable[[Any], SourceFile], kind: str) -> None:
    source = build(CONTENTS[kind])
    reader = detect(source)
    assert not isinstance(reader, NotATrace), reader
    steps = [step for episode in reader.read(source) for step in episode.steps]
    results = [p.text for step in steps for p in step.parts if p.kind is PartKind.RESULT]
    assert EXPECTED.get(kind, "needle words") in "\n".join(results)
    assert "[resource]" not in results


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ({"type": "image", "data": "A" * 4000}, "[image]"),
        ({"type": "tool_use", "name": "get"}, "[tool_use]"),
        (
            {"type": "resource", "resource": {"uri": "a:b", "blob": "A" * 4000}},
            "a:b\n[resource, 3.0 kB]",
        ),
        (
            {"type": "chart", "blob": "A" * 4000, "title": "T"},
            '{"type":"chart","blob":"[data, 3.0 kB]","title":"T"}',
        ),
        ({"content": "only this"}, "only this"),
        ({"type": "wrapped", "content": {"text": "inside"}}, "inside"),
        (None, ""),
    ],
)
def test_what_stands_for_a_part(content: Any, shown: str) -> None:
    assert text_of(content) == shown


def test_parts_that_nest_deep_are_shown() -> None:
    value: Any = "needle"
    for _ in range(150):
        value = {"inner": value}
    assert "needle" in text_of(value)
    assert json.loads(text_of(value))
