"""Lines as Claude Code writes them, made for the tests."""

from __future__ import annotations

from typing import Any

from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from tests.support.files.line_sources import Line, jsonl, only, source_of

READER = ClaudeCodeReader()
SESSION = "11111111-2222-4333-8444-555555555555"


def at(second: int) -> str:
    return f"2026-01-02T03:{second // 60:02}:{second % 60:02}.000Z"


def user(content: Any, second: int = 0, **more: Any) -> Line:
    line = {"type": "user", "sessionId": SESSION, "cwd": "/home/me/shop", "gitBranch": "main"}
    return {**line, "timestamp": at(second), "message": {"content": content}, **more}


def agent(*blocks: Line, message: str = "m1", second: int = 1, **more: Any) -> Line:
    line = {"type": "assistant", "sessionId": SESSION, "timestamp": at(second), **more}
    usage = {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 1}
    return {
        **line,
        "message": {
            "id": message,
            "model": more.get("model", "sonnet"),
            "content": list(blocks),
            "usage": more.get("usage", usage),
        },
    }


def said(text: str) -> Line:
    return {"type": "text", "text": text}


def call(call_id: str, name: str = "Bash", **arguments: str) -> Line:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def result(call_id: str, content: Any = "done", **more: Any) -> Line:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **more}


def queue(operation: str, second: int, **more: str) -> Line:
    line = {"type": "queue-operation", "operation": operation, "sessionId": SESSION}
    return {**line, "timestamp": at(second), **more}


def steps_of(*lines: Line | str) -> list[Any]:
    return only(READER, source_of(jsonl(*lines)))[1]
