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

EDITOR_AGENTS: dict[str, Any] = {
    "cursor": CURSOR,
    "goose": GOOSE,
    "hermes": HERMES,
    "kiro-cli": KIRO_CLI,
    "kiro-ide": KIRO_IDE,
    "kiro-ide workspace": KIRO_WORKSPACE,
}
