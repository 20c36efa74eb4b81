"""Small sessions of Grok Build and Antigravity, in both tellings of each."""

from __future__ import annotations

import json
from typing import Any

Line = dict[str, Any]


def text(words: str) -> list[Line]:
    return [{"type": "text", "text": words}]


def _thought(words: str) -> Line:
    return {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": words}]}


GROK_HISTORY: list[Line] = [
    {"type": "system", "content": "You are Grok."},
    {"type": "user", "content": text("<user_info>macos</user_info>"), "synthetic_reason": "env"},
    {"type": "user", "content": text("Fix the ferry"), "prompt_index": 0},
    _thought("I look."),
    {
        "type": "assistant",
        "content": "I look.",
        "tool_calls": [{"id": "c1", "name": "run", "arguments": '{"command":"ls"}'}],
        "model_id": "grok-4.5",
    },
    {"type": "tool_result", "tool_call_id": "c1", "content": "a.py"},
    {
        "type": "backend_tool_call",
        "kind": {"tool_type": "web_search", "id": "w1", "action": {"query": "ferry"}},
    },
    {"type": "assistant", "content": "Done.", "tool_calls": [], "model_id": "grok-4.5"},
    {"type": "user", "content": text("Wait"), "synthetic_reason": "interjection"},
    {"type": "user", "content": text("<user_query>\nGo on\n</user_query>"), "prompt_index": 1},
    _thought("I go on."),
]


def update(second: int, kind: str, meta: Line | None = None, **fields: Any) -> Line:
    params = {"update": {"sessionUpdate": kind, **fields}, "_meta": meta or {}}
    return {"timestamp": 1777881600 + second, "params": params}


def _chunk(second: int, kind: str, words: str, **meta: Any) -> Line:
    return update(second, kind, meta, content={"type": "text", "text": words})


GROK_UPDATES: list[Line] = [
    _chunk(1, "user_message_chunk", "Fix the ", promptIndex=0),
    _chunk(1, "user_message_chunk", "ferry", promptIndex=0),
    _chunk(2, "agent_thought_chunk", "Hm.", promptId="p1"),
    _chunk(3, "agent_message_chunk", "I ", promptId="p1"),
    _chunk(3, "agent_message_chunk", "look.", promptId="p1"),
    update(4, "tool_call", {"promptId": "p1"}, toolCallId="c1", title="ls", rawInput={"c": "ls"}),
    update(5, "tool_call_update", toolCallId="c1", status="in_progress"),
    update(
        6,
        "tool_call_update",
        toolCallId="c1",
        status="failed",
        content=[{"type": "content", "content": {"type": "text", "text": "no"}}],
    ),
    _chunk(7, "agent_message_chunk", "Done.", promptId="p1"),
    update(8, "turn_completed", usage={"inputTokens": 100, "outputTokens": 7}),
    update(9, "plan", entries=[]),
    _chunk(10, "user_message_chunk", "Thanks", promptIndex=1),
]


def _step(index: int, source: str, kind: str, **fields: Any) -> Line:
    at = f"2026-05-04T08:00:{index:02}Z"
    step = {"step_index": index, "source": source, "type": kind, "status": "DONE"}
    return {**step, "created_at": at, **fields}


ASKED = (
    "<USER_REQUEST>\nFix the ferry\n</USER_REQUEST>\n"
    "<ADDITIONAL_METADATA>\nIt is noon.\n</ADDITIONAL_METADATA>"
)
ANTIGRAVITY: list[Line] = [
    _step(0, "USER_EXPLICIT", "USER_INPUT", content=ASKED),
    _step(1, "SYSTEM", "CONVERSATION_HISTORY"),
    _step(2, "MODEL", "PLANNER_RESPONSE", status="RUNNING", content="I l"),
    _step(
        2,
        "MODEL",
        "PLANNER_RESPONSE",
        content="I look.",
        thinking="Hm.",
        tool_calls=[
            {"name": "run_command", "args": {"command": "make test", "wait": 5}},
            {"name": "view_file", "args": {"path": "a.py"}},
        ],
    ),
    _step(4, "MODEL", "VIEW_FILE", content="no such file", status="ERROR"),
    _step(3, "MODEL", "RUN_COMMAND", content="14 passed, and so on"),
    _step(5, "SYSTEM", "CHECKPOINT", content="So far: looked."),
    _step(6, "MODEL", "PLANNER_RESPONSE", content="Done."),
    _step(7, "SYSTEM", "SYSTEM_MESSAGE", content="A task ended."),
]


def abridged(lines: list[Line]) -> list[Line]:
    """The steps as the shorter transcript has them: arguments are JSON, long texts are cut."""
    short = json.loads(json.dumps(lines))
    for line in short:
        for call in line.get("tool_calls", ()):
            call["args"] = {name: json.dumps(value) for name, value in call["args"].items()}
        if "and so on" in line.get("content", ""):
            line |= {"content": "14 passed", "truncated_fields": ["content"]}
    return list(short)
