"""Small sessions of Pi and its descendants: a head, and entries below their parents."""

from __future__ import annotations

from typing import Any

Line = dict[str, Any]
HEAD: Line = {
    "type": "session",
    "version": 3,
    "id": "01a2",
    "timestamp": "2026-05-04T08:00:00.000Z",
    "cwd": "/home/mira/ferry",
}
USAGE = {"input": 5, "output": 11, "cacheRead": 40, "cacheWrite": 2, "cost": {"total": 0.25}}


def entry(number: int, parent: str | None, kind: str = "message", **fields: Any) -> Line:
    """An entry ``eNUMBER`` below another, a second later than the one before."""
    at = f"2026-05-04T08:00:{number:02}.000Z"
    return {"type": kind, "id": f"e{number}", "parentId": parent, "timestamp": at, **fields}


def user(number: int, parent: str | None, words: Any) -> Line:
    return entry(number, parent, message={"role": "user", "content": words})


def assistant(number: int, parent: str | None, *blocks: Line, **fields: Any) -> Line:
    message = {"role": "assistant", "content": list(blocks), "model": "m-1", **fields}
    return entry(number, parent, message=message)


def result(number: int, parent: str | None, call_id: str, text: str, **fields: Any) -> Line:
    content = [{"type": "text", "text": text}]
    message = {"role": "toolResult", "toolCallId": call_id, "content": content, **fields}
    return entry(number, parent, message=message)


def said(text: str) -> Line:
    return {"type": "text", "text": text}


def call(call_id: str, name: str, **arguments: Any) -> Line:
    return {"type": "toolCall", "id": call_id, "name": name, "arguments": arguments}


PI: list[Line] = [
    HEAD,
    entry(1, None, "model_change", provider="p", modelId="m-0"),
    user(
        2,
        "e1",
        [said("Fix the ferry"), {"type": "image", "data": "A" * 4000, "mimeType": "image/png"}],
    ),
    assistant(
        3,
        "e2",
        {"type": "thinking", "thinking": "I look."},
        said("I look."),
        call("c1", "bash", command="ls"),
        call("c2", "edit", path="a", oldText="x", newText="y"),
        usage=USAGE,
        stopReason="toolUse",
    ),
    result(4, "e3", "c2", "no such file", isError=True),
    result(5, "e4", "c1", "a.py"),
    entry(6, "e5", "custom_message", content="Use tabs.", display=False),
    entry(7, "e6", message={"role": "bashExecution", "command": "git st", "output": "clean"}),
    assistant(8, "e7", stopReason="error", errorMessage="Quota.", usage={"input": 0, "output": 0}),
    entry(9, "e8", "compaction", summary="So far: looked.", firstKeptEntryId="e3"),
    user(10, "e9", "Go left"),
    assistant(11, "e10", said("Left it is.")),
    user(12, "e9", "Go right"),
    assistant(13, "e12", said("Right it is."), stopReason="aborted"),
    entry(14, "e13", "session_info", name="The ferry"),
]
