"""Small sessions of Droid, the DeepSeek harness and Qwen Code, with the traps of their lines."""

from __future__ import annotations

from typing import Any

Line = dict[str, Any]
FOLDER = "/home/mira/ferry"
HOOK = "<qwen:user-prompt-submit-context>\nUse tabs.\n</qwen:user-prompt-submit-context>"
NOTE = "<task-notification>done</task-notification>"
REMINDER = "<system-reminder>\nUser system info\n</system-reminder>"


def at(second: int) -> str:
    return f"2026-05-04T08:00:{second:02}.000Z"


def text(words: str) -> Line:
    return {"type": "text", "text": words}


def _droid(number: int, role: str, *blocks: Line, **more: Any) -> Line:
    message = {"role": role, "content": list(blocks)}
    return {
        "type": "message",
        "id": f"m{number}",
        "timestamp": at(number),
        "message": message,
        **more,
    }


_FAILURE = {"type": "tool_result", "tool_use_id": "c1", "is_error": True, "content": "no"}
DROID: list[Line] = [
    {
        "type": "session_start",
        "id": "d401",
        "title": "Ferry",
        "sessionTitle": "The ferry",
        "cwd": FOLDER,
    },
    _droid(1, "user", text(REMINDER), text("Fix the"), text("ferry")),
    _droid(
        2,
        "assistant",
        {"type": "thinking", "thinking": "I look."},
        text("I look."),
        {"type": "tool_use", "id": "c1", "name": "Execute", "input": {"command": "ls"}},
    ),
    _droid(
        3, "user", {"type": "tool_result", "tool_use_id": "c1", "is_error": True, "content": "no"}
    ),
    {"type": "todo_state", "id": "t", "timestamp": at(4), "todos": {}},
    {"type": "compaction_state", "id": "s", "timestamp": at(5), "summaryText": "So far: looked."},
    _droid(6, "user", text("Only for the model"), visibility="llm_only"),
    _droid(7, "assistant", text("Done.")),
]


def _streamed(number: int, kind: str, **more: Any) -> Line:
    return {"type": kind, "session_id": "d402", "timestamp": at(number), **more}


DROID_STREAM: list[Line] = [
    _streamed(0, "system", model="m-1", cwd=FOLDER),
    _streamed(1, "message", role="user", text="Fix the ferry"),
    _streamed(2, "tool_call", toolCallId="c1", toolName="Shell", parameters={"command": "ls"}),
    _streamed(3, "tool_result", toolCallId="c1", value={"stdout": "a.py", "exitCode": 0}),
    _streamed(4, "message", role="assistant", text="Done."),
    _streamed(5, "completion", finalText="Done."),
]


def _dsh(seq: int, kind: str, **data: Any) -> Line:
    return {"type": kind, "seq": seq, "time": 1777881600000 + 1000 * seq, "data": data}


_TOP = {"version": 0, "delegationDepth": 0}
_CALL = {"type": "tool-call", "id": "c1", "name": "bash", "arguments": '{"command": "ls"}'}
_FAILED = {"type": "tool-result", "toolCallId": "c1", "content": [text("no")], "isError": True}

DEEPSEEK: list[Line] = [
    {
        "type": "session",
        "version": 0,
        "id": "d53",
        "createdAt": 1777881599000,
        "cwd": FOLDER,
        "delegationDepth": 0,
    },
    _dsh(9, "assistant/message", message={"content": [text("Done.")], "source": {"model": "m-1"}}),
    _dsh(1, "user/message", content=[text("Fix the ferry")], source={"kind": "user"}),
    _dsh(2, "user/message", content=[text("Sandbox: none")], source={"kind": "plugin"}),
    _dsh(3, "session/title", title="The ferry", source={"kind": "fallback"}),
    _dsh(4, "assistant/chunk", chunk={"type": "text-delta", "text": "I "}),
    {"type": "text-chunks", "seq0": 5, "time0": 1777881605000, "data": {"texts": ["look", "."]}},
    _dsh(
        6,
        "assistant/message",
        message={"content": [{"type": "reasoning", "text": "Hm."}, text("I look."), _CALL]},
        usage={"inputTokens": 100, "outputTokens": 7, "cacheReadTokens": 50},
    ),
    _dsh(7, "tool/call", callId="c1", name="bash", arguments='{"command": "ls"}'),
    _dsh(8, "tool/result", message={"content": [_FAILED]}),
]


def _qwen(number: int, kind: str, *parts: Line, **more: Any) -> Line:
    head = {"uuid": f"u{number}", "sessionId": "9e17", "timestamp": at(number), "type": kind}
    place = {"cwd": FOLDER, "gitBranch": "main"}
    return {**head, **place, "message": {"role": "user", "parts": list(parts)}, **more}


def _answer(call_id: str, **response: Any) -> Line:
    return {"functionResponse": {"id": call_id, "name": "ls", "response": response}}


QWEN_CODE: list[Line] = [
    _qwen(
        1,
        "user",
        {"text": "Fix the ferry"},
        {"text": HOOK},
        systemPayload={"displayText": "Fix the ferry"},
    ),
    {"sessionId": "9e17", "type": "system", "subtype": "ui_telemetry", "systemPayload": {}},
    _qwen(
        2,
        "assistant",
        {"text": "Hm.", "thought": True},
        {"text": "I look."},
        {"functionCall": {"id": "c1", "name": "ls", "args": {"path": "."}}},
        {"functionCall": {"id": "c2", "name": "ls", "args": {"path": "x"}}},
        model="m-1",
        usageMetadata={
            "promptTokenCount": 100,
            "candidatesTokenCount": 7,
            "cachedContentTokenCount": 50,
        },
    ),
    _qwen(3, "tool_result", _answer("c1", output="a.py"), toolCallResult={"status": "success"}),
    _qwen(4, "tool_result", _answer("c2", error="no x"), toolCallResult={"status": "error"}),
    _qwen(5, "user", {"text": NOTE}, subtype="notification"),
    _qwen(6, "user", {"text": "Be brief."}, provenance="system"),
    _qwen(7, "assistant", {"text": "Done."}, model="m-2"),
]
