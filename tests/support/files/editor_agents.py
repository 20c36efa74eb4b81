"""Small sessions of Cursor, Goose, Hermes and Kiro, each with the traps of its format."""

from __future__ import annotations

from typing import Any


def _spoken(role: str, *content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"role": role, "message": {"content": list(content)}, **more}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


CURSOR: list[dict[str, Any]] = [
    _spoken("user", _text("<user_info>\nWorkspace Path: /home/mira/ferry app\n</user_info>")),
    _spoken("user", _text("<user_query>\nFix the ferry\n</user_query>")),
    _spoken(
        "assistant",
        {"type": "thinking", "thinking": "I list the folder."},
        _text("I look."),
        {"type": "tool_use", "name": "LS", "input": {"path": "/home/mira"}},
        {"type": "tool_use", "name": "Shell", "input": {"command": "rm a.py"}},
        model="composer-2",
    ),
    {"type": "error", "error": "Provider Error: upstream timeout"},
    _spoken("assistant", _text("Done.")),
    {"type": "turn_ended", "status": "success"},
]


def _goose(role: str, created: int, *content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"role": role, "created": created, "content": list(content), **more}


def _goose_call(call_id: str, command: str) -> dict[str, Any]:
    value = {"name": "developer__shell", "arguments": {"command": command}}
    return {
        "type": "toolRequest",
        "id": call_id,
        "toolCall": {"status": "success", "value": value},
    }


GOOSE: list[dict[str, Any]] = [
    {
        "id": "20260301_1",
        "description": "Ferry repair",
        "working_dir": "/home/mira/ferry app",
        "message_count": 6,
    },
    _goose("user", 1772355600, _text("Fix the ferry"), {"type": "image", "data": "A" * 400}),
    _goose(
        "assistant",
        1772355601,
        {"type": "thinking", "thinking": "I list.", "signature": ""},
        _text("I look."),
        _goose_call("c1", "ls"),
        _goose_call("c2", "rm a.py"),
        {
            "type": "toolRequest",
            "id": "c3",
            "toolCall": {"status": "error", "error": "no such tool"},
        },
    ),
    _goose(
        "user",
        1772355602,
        {
            "type": "toolResponse",
            "id": "c1",
            "toolResult": {"status": "success", "value": [_text("a.py")]},
        },
        {
            "type": "toolResponse",
            "id": "c2",
            "toolResult": {
                "status": "success",
                "value": {"content": [_text("no right")], "isError": True},
            },
        },
    ),
    _goose(
        "assistant",
        1772355603,
        {"type": "systemNotification", "notificationType": "inlineMessage", "msg": "Compacted."},
    ),
    _goose("user", 1772355604, _text("So far: a ferry."), metadata={"userVisible": False}),
    _goose("assistant", 1772355605, _text("Done.")),
]

HERMES: dict[str, Any] = {
    "session_id": "20260301_101500_ab12cd",
    "model": "north/north-3",
    "platform": "cli",
    "session_start": "2026-03-01T10:15:00.5",
    "last_updated": "2026-03-01T10:16:00",
    "model_config": {"cwd": "/home/mira/ferry app"},
    "system_prompt": "You are Hermes.",
    "tools": [{"name": "shell"}],
    "message_count": 6,
    "messages": [
        {"role": "user", "content": '[SYSTEM: The user has invoked the "plan" skill.]'},
        {"role": "user", "content": "Fix the ferry"},
        {
            "role": "assistant",
            "content": "I look.",
            "reasoning": "I list.",
            "tool_calls": [
                {"id": "c1", "function": {"name": "shell", "arguments": '{"command": "ls"}'}},
                {"id": "c2", "function": {"name": "shell", "arguments": '{"command": "rm"}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": '{"output": "a.py", "error": null}'},
        {"role": "tool", "tool_call_id": "c2", "content": '{"output": "", "error": "no right"}'},
        {"role": "assistant", "content": "Done.", "reasoning": "<think>\n"},
        {"role": "session_meta"},
    ],
}


def _kiro(kind: str, *content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": "v1", "kind": kind, "data": {"content": list(content), **more}}


def _kiro_call(call_id: str, name: str) -> dict[str, Any]:
    use = {"toolUseId": call_id, "name": name, "input": {"command": name}}
    return {"kind": "toolUse", "data": use}


def _kiro_result(call_id: str, text: str, status: str) -> dict[str, Any]:
    content = [{"kind": "text", "data": text}]
    result = {"toolUseId": call_id, "content": content, "status": status}
    return {"kind": "toolResult", "data": result}


KIRO_CLI: list[dict[str, Any]] = [
    _kiro("Prompt", {"kind": "text", "data": "Fix the ferry"}, meta={"timestamp": 1772355600}),
    _kiro(
        "AssistantMessage",
        {"kind": "text", "data": "I look."},
        _kiro_call("c1", "ls"),
        _kiro_call("c2", "rm"),
    ),
    _kiro(
        "ToolResults",
        _kiro_result("c2", "no right", "error"),
        _kiro_result("c1", "a.py", "success"),
    ),
    _kiro("AssistantMessage", {"kind": "text", "data": "Done."}),
]
KIRO_FACTS: dict[str, Any] = {
    "session_id": "6bdc02d9-0000-4000-8000-000000000001",
    "cwd": "/home/mira/ferry app",
    "title": "Ferry repair",
    "created_at": "2026-03-01T09:00:00Z",
    "updated_at": "2026-03-01T09:05:00Z",
}

KIRO_IDE: dict[str, Any] = {
    "executionId": "run-1",
    "actionId": "act",
    "context": [],
    "chat": [
        {"role": "human", "content": "# Identity\nYou are Kiro, an AI assistant."},
        {"role": "bot", "content": "I will follow these instructions."},
        {"role": "human", "content": "<kiro-ide-message>\nFix the ferry\n</kiro-ide-message>"},
        {"role": "bot", "content": "I look."},
        {"role": "tool", "content": "a.py"},
        {"role": "bot", "content": "Done."},
    ],
    "metadata": {"modelId": "north-3", "startTime": 1772355600000, "endTime": 1772355660000},
}
KIRO_WORKSPACE: dict[str, Any] = {
    "sessionId": "9f1c",
    "title": "Ferry repair",
    "workspaceDirectory": "/home/mira/ferry app",
    "history": [
        {"message": {"role": "user", "content": [_text("Fix the ferry")], "id": "1"}},
        {
            "message": {"role": "assistant", "content": "", "id": "2"},
            "promptLogs": [{"completion": "Done.", "modelTitle": "north-3"}],
            "executionId": "run-1",
        },
    ],
}


def _event(second: int, kind: str, **payload: Any) -> dict[str, Any]:
    stated = {"type": kind, "executionId": "run-1", **payload}
    return {"id": f"e{second}", "timestamp": f"2026-07-14T13:39:{second:02}Z", "payload": stated}


KIRO_EVENTS: list[dict[str, Any]] = [
    _event(0, "session_start", agentType="vibe"),
    _event(1, "user", content="Fix the ferry", images=[]),
    _event(2, "turn_start"),
    _event(3, "assistant", operationType="Reasoning", content="I list."),
    _event(4, "assistant", operationType="Say", content="I look."),
    _event(5, "tool_call", toolName="executeBash", toolCallId="c1", input={"command": "ls"}),
    _event(6, "tool_call", toolName="fsWrite", toolCallId="c2", input={"path": "a.py"}),
    _event(7, "tool_result", toolCallId="c2", content="no right", success=False),
    _event(8, "tool_result", toolCallId="c1", content="a.py", success=True),
    _event(9, "assistant", operationType="Say", content="Done."),
    _event(10, "usage_summary", promptTurnSummaries=[{"unit": "credit", "usage": 1}]),
    _event(11, "turn_end", stopReason="end_turn"),
]


def _rows(format_: str, *rows: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of a session in a database."""
    lines: list[dict[str, Any]] = [{"database": format_, "session": "s1"}]
    return lines + [{"table": table, "row": row} for table, row in rows]


GOOSE_ROWS = _rows(
    "goose",
    ("sessions", {"id": "s1", "working_dir": "/w", "accumulated_input_tokens": 4}),
    ("messages", {"role": "user", "content_json": '[{"type": "text", "text": "Go"}]'}),
)
HERMES_ROWS = _rows(
    "hermes",
    ("sessions", {"id": "s1", "source": "cli", "started_at": 1772360100.5, "input_tokens": 4}),
    ("messages", {"role": "user", "content": "Go", "timestamp": 1772360100.5}),
    (
        "messages",
        {"role": "assistant", "content": {"base64": "R28="}, "tool_calls": '[{"id": "c1"}]'},
    ),
)
KIRO_ROWS = _rows(
    "kiro-cli",
    (
        "conversations_v2",
        {
            "key": "/w",
            "conversation_id": "s1",
            "value": '{"history": [{"user": {"content": {"Prompt": {"prompt": "Go"}}}}]}',
        },
    ),
)
WARP_ROWS = _rows(
    "warp",
    ("ai_queries", {"start_ts": "2026-03-01 09:00:00", "input": '[{"Query": {"text": "Go"}}]'}),
    (
        "blocks",
        {
            "stylized_command": {"base64": "bHM="},
            "did_execute": 1,
            "exit_code": 1,
            "ai_metadata": '{"conversation_id": "s1"}',
        },
    ),
)
ZED_ROWS = _rows(
    "zed",
    (
        "threads",
        {
            "summary": "t",
            "data_type": "json",
            "data": '{"messages": [{"User": {"content": [{"Text": "Go"}]}}, "Resume"]}',
        },
    ),
)
CURSOR_ROWS = _rows(
    "cursor",
    (
        "cursordiskkv",
        {
            "key": "composerData:s1",
            "value": '{"composerId": "s1", "fullConversationHeadersOnly": [{"bubbleId": "b"}]}',
        },
    ),
    ("cursordiskkv", {"key": "bubbleId:s1:b", "value": '{"type": 1, "text": "Go"}'}),
)
CURSOR_STORE_ROWS = _rows(
    "cursor",
    ("meta", {"key": "0", "value": '{"agentId": "s1"}'}),
    ("blobs", {"id": "b", "data": '{"role": "user", "content": "Go"}'}),
)

EDITOR_AGENTS: dict[str, Any] = {
    "cursor-transcript": CURSOR,
    "goose": GOOSE,
    "hermes": HERMES,
    "kiro-cli": KIRO_CLI,
    "kiro-ide": KIRO_IDE,
    "kiro-ide workspace": KIRO_WORKSPACE,
    "kiro-ide events": KIRO_EVENTS,
    "cursor rows": CURSOR_ROWS,
    "cursor store": CURSOR_STORE_ROWS,
    "goose rows": GOOSE_ROWS,
    "hermes rows": HERMES_ROWS,
    "kiro-cli rows": KIRO_ROWS,
    "warp": WARP_ROWS,
    "zed": ZED_ROWS,
}
