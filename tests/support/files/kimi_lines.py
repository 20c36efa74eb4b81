"""Small sessions of Kimi Code and Kimi CLI."""

from __future__ import annotations

from typing import Any

Line = dict[str, Any]
TIME = 1777881600000  # Unix milliseconds
USAGE = {"inputOther": 100, "output": 7, "inputCacheRead": 50, "inputCacheCreation": 3}


def _line(second: int, kind: str, **fields: Any) -> Line:
    return {"type": kind, **fields, "time": TIME + 1000 * second}


def message(second: int, words: str, **origin: str) -> Line:
    content = [{"type": "text", "text": words}]
    said = {"role": "user", "content": content, "origin": origin}
    return _line(second, "context.append_message", message=said)


def event(second: int, kind: str, **fields: Any) -> Line:
    return _line(second, "context.append_loop_event", event={"type": kind, **fields})


def _part(second: int, step: str, **part: str) -> Line:
    return event(second, "content.part", stepUuid=step, part=part)


KIMI_CODE: list[Line] = [
    {"type": "metadata", "protocol_version": "1.4", "created_at": TIME},
    _line(1, "config.update", cwd="/home/mira/ferry", modelAlias="moon/k2"),
    _line(2, "turn.prompt", input=[{"type": "text", "text": "Fix the ferry"}]),
    message(3, "Fix the ferry", kind="user"),
    message(4, "<system-reminder>Use the list.</system-reminder>", kind="injection"),
    event(5, "step.begin", uuid="s1"),
    _part(6, "s1", type="think", think="Hm."),
    _part(7, "s1", type="text", text="I look."),
    event(8, "tool.call", stepUuid="s1", toolCallId="c1", name="Bash", args={"command": "ls"}),
    event(9, "tool.result", toolCallId="c1", result={"output": "no", "isError": True}),
    event(10, "step.end", uuid="s1", usage=USAGE),
    _line(11, "usage.record", usage=USAGE, usageScope="turn"),
    event(12, "step.begin", uuid="s2"),
    _part(13, "s2", type="text", text="Done."),
    _line(14, "usage.record", usage={"inputOther": 9, "output": 1}, usageScope="session"),
    _line(15, "context.apply_compaction", summary="So far: looked."),
    event(16, "step.begin", uuid="s3"),
    _line(17, "turn.cancel"),
]

KIMI_CLI: list[Line] = [
    {"role": "_system_prompt", "content": "You are Kimi."},
    {"role": "_checkpoint", "id": 0},
    {"role": "user", "content": "<system>CHECKPOINT 0</system>"},
    {"role": "user", "content": "Fix the ferry"},
    {
        "role": "assistant",
        "content": [{"type": "think", "think": "Hm."}, {"type": "text", "text": "I look."}],
        "tool_calls": [
            {"type": "function", "id": "c1", "function": {"name": "Shell", "arguments": '{"c":1}'}}
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "<system>ERROR: no</system>"},
    {"role": "_usage", "token_count": 12},
    {"role": "assistant", "content": "Done."},
]
