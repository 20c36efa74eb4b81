"""Small sessions of agents, each with the traps of its format."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.support.files.editor_agents import EDITOR_AGENTS

GEMINI: dict[str, Any] = {
    "sessionId": "5b95-1",
    "projectHash": hashlib.sha256(b"/home/mira/ferry app").hexdigest(),
    "startTime": "2025-12-01T21:45:34.362Z",
    "lastUpdated": "2025-12-01T21:50:10.837Z",
    "messages": [
        {
            "id": "m1",
            "timestamp": "2025-12-01T21:45:34.362Z",
            "type": "user",
            "content": [
                {"text": "Fix the ferry"},
                {"inlineData": {"mimeType": "image/png", "data": "A" * 4000}},
            ],
        },
        {
            "id": "m2",
            "timestamp": "2025-12-01T21:45:40Z",
            "type": "gemini",
            "content": "",
            "model": "gemini-3-pro",
            "thoughts": [
                {"subject": "Looking", "description": "I list the folder."},
                {"subject": "Then", "description": "I read."},
            ],
            "tokens": {"input": 100, "output": 7, "cached": 50, "thoughts": 30, "tool": 5},
            "toolCalls": [
                {
                    "id": "ls-1",
                    "name": "list_directory",
                    "args": {"dir_path": "/home/mira/ferry app/src"},
                    "result": [
                        {"functionResponse": {"id": "ls-1", "response": {"output": "a.py"}}}
                    ],
                    "status": "success",
                    "resultDisplay": "Listed 1 item(s).",
                },
                {
                    "id": "rm-1",
                    "name": "run_shell_command",
                    "args": {"command": "rm a.py"},
                    "result": [
                        {"functionResponse": {"id": "rm-1", "response": {"error": "no right"}}}
                    ],
                    "status": "error",
                    "resultDisplay": {"fileDiff": "-a"},
                },
                {
                    "id": "w-1",
                    "name": "write_file",
                    "args": {"file_path": "b.py"},
                    "result": [
                        {"functionResponse": {"id": "w-1", "response": {"error": "Cancelled"}}}
                    ],
                    "status": "cancelled",
                },
                {"id": "x-1", "name": "glob", "args": {}, "status": "executing"},
            ],
        },
        {"id": "m3", "timestamp": "2025-12-01T21:46:00Z", "type": "error", "content": "Quota."},
        {
            "id": "m4",
            "timestamp": "2025-12-01T21:47:00Z",
            "type": "gemini",
            "content": "Done.",
            "model": "gemini-2.5-flash",
            "tokens": None,
        },
    ],
}

CHECKPOINT: list[dict[str, Any]] = [
    {"role": "user", "parts": [{"text": "Say hi"}]},
    {
        "role": "model",
        "parts": [
            {"text": "I think.", "thought": True},
            {"text": "Hi."},
            {"functionCall": {"name": "ls", "args": {"path": "."}}},
        ],
    },
    {
        "role": "user",
        "parts": [{"functionResponse": {"name": "ls", "response": {"output": "a.py"}}}],
    },
    {"role": "model", "parts": [{"text": "One file."}]},
]


def _reply(number: int, **message: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": 100 * number, "completion_tokens": number}
    return {"id": f"r{number}", "model": "gpt-5", "choices": [{"message": message}], "usage": usage}


def _call(call_id: str, name: str, arguments: str) -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


_TWO = _reply(
    1,
    content="I look.",
    reasoning_content="Hm.",
    tool_calls=[
        _call("c1", "execute_bash", '{"command":"ls"}'),
        _call("c2", "edit", '{"command":"create","file_text":"x"}'),
    ],
)


def _of(call_id: str, name: str, reply: dict[str, Any]) -> dict[str, Any]:
    return {"function_name": name, "tool_call_id": call_id, "model_response": reply}


def _sums(cost: float) -> dict[str, Any]:
    usage = {"prompt_tokens": 999, "completion_tokens": 99}
    return {"accumulated_cost": cost, "accumulated_token_usage": usage}


OPENHANDS: list[dict[str, Any]] = [
    {
        "id": 0,
        "timestamp": "2025-10-10T06:10:15.158090",
        "source": "agent",
        "action": "system",
        "args": {"content": "You are OpenHands.", "tools": [{"name": "execute_bash"}]},
    },
    {
        "id": 1,
        "timestamp": "2025-10-10T06:10:16",
        "source": "user",
        "message": "Make a file",
        "action": "message",
        "args": {"content": "Make a file"},
    },
    {
        "id": 2,
        "source": "user",
        "action": "recall",
        "args": {"query": "Make a file", "recall_type": "workspace_context"},
    },
    {
        "id": 4,
        "source": "environment",
        "cause": 2,
        "observation": "recall",
        "content": "Added workspace context",
        "extras": {
            "repo_instructions": "Use tabs.",
            "microagent_knowledge": [{"name": "git", "content": "Use git."}],
        },
    },
    {
        "id": 5,
        "timestamp": "2025-10-10T06:10:20",
        "source": "agent",
        "message": "Running command: ls",
        "action": "run",
        "args": {"command": "ls", "thought": "I look."},
        "tool_call_metadata": _of("c1", "execute_bash", _TWO),
        "llm_metrics": _sums(0.25),
    },
    {
        "id": 6,
        "source": "agent",
        "action": "edit",
        "args": {"path": "a", "content": "", "thought": ""},
        "tool_call_metadata": _of("c2", "edit", _TWO),
        "llm_metrics": _sums(0.25),
    },
    {
        "id": 7,
        "source": "agent",
        "cause": 6,
        "observation": "edit",
        "content": "+x",
        "extras": {},
        "tool_call_metadata": _of("c2", "edit", _TWO),
    },
    {
        "id": 8,
        "source": "agent",
        "cause": 5,
        "observation": "run",
        "content": "ls: no",
        "extras": {"metadata": {"exit_code": 2, "working_dir": "/workspace/ferry"}},
        "tool_call_metadata": _of("c1", "execute_bash", _TWO),
    },
    {"id": 9, "source": "user", "cause": 1, "observation": "null", "content": "", "extras": {}},
    {
        "id": 10,
        "source": "environment",
        "observation": "agent_state_changed",
        "content": "",
        "extras": {"agent_state": "error", "reason": "Out of budget."},
    },
    {
        "id": 11,
        "source": "agent",
        "action": "condensation",
        "args": {"summary": "So far: a file.", "forgotten_event_ids": [1, 2]},
    },
    {
        "id": 12,
        "source": "agent",
        "message": "All done!",
        "action": "finish",
        "args": {"final_thought": "Made it.", "thought": ""},
        "tool_call_metadata": _of(
            "c3",
            "finish",
            _reply(2, content=None, tool_calls=[_call("c3", "finish", '{"message":"Made it."}')]),
        ),
        "llm_metrics": _sums(0.5),
    },
]


def _text(text: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": text}]


def _event(number: int, kind: str, source: str, **fields: Any) -> dict[str, Any]:
    head = {"id": f"e{number}", "timestamp": f"2026-01-02T03:04:{number:02}", "source": source}
    return {**head, "kind": kind, **fields}


def _action(number: int, call_id: str, name: str, **fields: Any) -> dict[str, Any]:
    return _event(
        number,
        "ActionEvent",
        "agent",
        thought=_text("I look."),
        reasoning_content="Hm.",
        tool_name=name,
        tool_call_id=call_id,
        **fields,
    )


def _spent(cost: float, prompt: int) -> dict[str, Any]:
    usage = {"prompt_tokens": prompt, "completion_tokens": prompt // 10}
    metrics = {"accumulated_cost": cost, "accumulated_token_usage": usage}
    return {"usage_to_metrics": {"agent": metrics}}


OPENHANDS_SDK: list[dict[str, Any]] = [
    _event(
        0,
        "SystemPromptEvent",
        "agent",
        system_prompt={"type": "text", "text": "You are an agent."},
        tools=[],
    ),
    _event(
        1,
        "MessageEvent",
        "user",
        llm_message={"role": "user", "content": _text("Make a file")},
        extended_content=_text("Use tabs."),
    ),
    _action(
        2,
        "c1",
        "terminal",
        action={"command": "ls", "kind": "ExecuteBashAction"},
        tool_call={"id": "c1", "name": "terminal", "arguments": '{"command":"ls"}'},
        llm_response_id="r1",
    ),
    _action(
        3,
        "c2",
        "file_editor",
        action=None,
        tool_call={"id": "c2", "function": {"name": "file_editor", "arguments": '{"bad'}},
        llm_response_id="r1",
    ),
    _event(
        4,
        "ConversationStateUpdateEvent",
        "environment",
        key="stats",
        value=_spent(0.25, 100),
    ),
    _event(5, "AgentErrorEvent", "agent", tool_call_id="c2", tool_name="f", error="Not JSON."),
    _event(
        6,
        "ObservationEvent",
        "environment",
        tool_call_id="c1",
        tool_name="terminal",
        action_id="e2",
        observation={"content": _text("a.py"), "is_error": False, "exit_code": 1},
    ),
    _event(7, "Condensation", "environment", summary="So far: ls.", forgotten_event_ids=["e2"]),
    _action(
        8,
        "c3",
        "terminal",
        action={"command": "rm"},
        tool_call={"arguments": '{"command":"rm"}'},
        llm_response_id="r2",
    ),
    _event(
        9,
        "UserRejectObservation",
        "environment",
        tool_call_id="c3",
        tool_name="terminal",
        action_id="e8",
        rejection_reason="Do not delete.",
    ),
    _event(
        10,
        "ConversationStateUpdateEvent",
        "environment",
        key="full_state",
        value={
            "agent": {"llm": {"model": "claude-sonnet-4-5"}},
            "workspace": {"working_dir": "/workspace/ferry"},
            "stats": _spent(0.5, 300),
        },
    ),
    _event(
        11,
        "MessageEvent",
        "agent",
        llm_message={
            "role": "assistant",
            "content": _text("I stop."),
            "thinking_blocks": [{"type": "thinking", "thinking": "They said no."}],
        },
        llm_response_id="r3",
    ),
    _event(12, "ConversationErrorEvent", "environment", code="X", detail="It broke."),
    _event(
        14,
        "MessageEvent",
        "environment",
        llm_message={"role": "user", "content": _text("Please go on.")},
    ),
    _event(13, "TokenEvent", "agent", prompt_token_ids=[1, 2]),
]


def json_lines(records: list[dict[str, Any]]) -> bytes:
    """The records, a line each."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


AGENTS: dict[str, Any] = {
    "gemini-cli": GEMINI,
    "gemini-checkpoint": CHECKPOINT,
    "openhands": OPENHANDS,
    "openhands sdk": OPENHANDS_SDK,
    **EDITOR_AGENTS,
}
