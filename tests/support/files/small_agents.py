"""Small sessions of Amp, Continue, gptme and Vibe, each with the traps of its format."""

from __future__ import annotations

from typing import Any

_Record = dict[str, Any]


def _text(words: str) -> _Record:
    return {"type": "text", "text": words}


def _run(call_id: str, **run: Any) -> _Record:
    return {"type": "tool_result", "toolUseID": call_id, "run": run}


AMP: _Record = {
    "v": 7,
    "id": "T-1",
    "created": 1_767_225_600_000,
    "title": "The mill",
    "env": {
        "initial": {
            "trees": [
                {"uri": "file:///home/mo/old%20mill", "repository": {"ref": "refs/heads/rye"}}
            ]
        }
    },
    "messages": [
        {"role": "user", "content": [_text("Grind")], "meta": {"sentAt": 1_767_225_601_000}},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Slowly."},
                _text("I grind."),
                {"type": "tool_use", "id": "c1", "name": "Bash", "input": {"cmd": "grind"}},
                {"type": "tool_use", "id": "c2", "name": "Read", "input": {}},
                {"type": "tool_use", "id": "c3", "name": "Read", "input": {}},
            ],
            "usage": {
                "model": "m-1",
                "inputTokens": 3,
                "outputTokens": 5,
                "cacheCreationInputTokens": 10,
                "cacheReadInputTokens": 100,
                "timestamp": "2026-01-01T00:00:05Z",
            },
        },
        {
            "role": "user",
            "content": [
                _run("c1", status="done", result={"output": "flour", "exitCode": 0}),
                _run("c2", status="error", error={"message": "stuck"}),
                _run("c3", status="in-progress"),
            ],
        },
        {"role": "assistant", "content": [], "state": {"type": "cancelled"}},
    ],
}


def _function(call_id: str, arguments: str) -> _Record:
    return {"id": call_id, "type": "function", "function": {"name": "ls", "arguments": arguments}}


def _said(role: str, content: Any, **more: Any) -> _Record:
    return {"message": {"role": role, "content": content, **more}, "contextItems": []}


CONTINUE: _Record = {
    "sessionId": "s-1",
    "title": "Bins",
    "workspaceDirectory": "file:///c%3A/mill",
    "chatModelTitle": "m-1",
    "usage": {"promptTokens": 90, "completionTokens": 8, "totalCost": 0.5},
    "history": [
        _said("user", [_text("List the bins")])
        | {"contextItems": [{"name": "a.py", "description": "src/a.py", "content": "x = 1"}]},
        _said("thinking", "I look."),
        _said("assistant", "", toolCalls=[_function("c1", '{"d":1}'), _function("c2", "{}")])
        | {
            "toolCallStates": [
                {"toolCallId": "c1", "status": "done", "output": [{"content": "repeats c1"}]},
                {"toolCallId": "c2", "status": "errored", "output": [{"content": "no bin"}]},
            ]
        },
        _said("tool", "rye", toolCallId="c1"),
        _said("assistant", "Rye.") | {"promptLogs": [{"prompt": "List", "completion": "Rye."}]},
    ],
}
GPTME: list[_Record] = [
    {"role": "system", "content": "You are gptme.", "hide": True, "pinned": True},
    {"role": "user", "content": "Save it", "timestamp": "2026-01-01T00:00:01", "files": ["a.csv"]},
    {
        "role": "assistant",
        "content": "I save.\n```save a.md\n# A\n```sh\nls\n```\n```\nand\n```shell\nls\n```\n"
        "```python\nshown = 1\n```",
        "timestamp": "2026-01-01T00:00:02.5",
        "metadata": {
            "model": "m-1",
            "usage": {"input_tokens": 5, "output_tokens": 2, "cache_read_tokens": 30},
            "cost": 0.25,
        },
    },
    {"role": "system", "content": "Saved.", "timestamp": "2026-01-01T00:00:03"},
    {"role": "system", "content": "Error during execution: no", "timestamp": "2026-01-01T00:00:04"},
    {"role": "system", "content": "Context: late", "timestamp": "2026-01-01T00:00:05"},
    {"role": "assistant", "content": '@shell(c-1): {"command":\n"ls"}'},
    {"role": "tool", "content": "b", "call_id": "c-1"},
]
VIBE_LINES: list[_Record] = [
    {"role": "system", "content": "You operate as Vibe."},
    {"role": "user", "content": "Count", "message_id": "m1"},
    {
        "role": "assistant",
        "content": "I count.",
        "reasoning_content": "One by one.",
        "tool_calls": [_function("c1", '{"a":1}')],
        "message_id": "m2",
    },
    {"role": "tool", "content": "<tool_error>none</tool_error>", "tool_call_id": "c1"},
    {"role": "user", "content": "<vibe_warning>long</vibe_warning>", "injected": True},
]
VIBE_METADATA: _Record = {
    "session_id": "v-1",
    "parent_session_id": "v-0",
    "start_time": "2026-01-01T00:00:00Z",
    "end_time": "2026-01-01T00:09:00Z",
    "git_branch": "rye",
    "environment": {"working_directory": "/home/mo/mill"},
    "title": "Counting",
    "config": {"active_model": "m-1"},
    "stats": {"session_prompt_tokens": 70, "session_completion_tokens": 7, "session_cost": 0.0},
}
VIBE: _Record = {"metadata": VIBE_METADATA, "messages": VIBE_LINES}
SMALL_AGENTS: dict[str, Any] = {"amp": AMP, "continue": CONTINUE, "vibe": VIBE}
