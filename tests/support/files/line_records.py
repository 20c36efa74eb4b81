"""One made-up record of each format of lines, as often as one likes: the n-th says ``mark(n)``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile

Record = dict[str, Any]
TIME = "2026-01-01T00:00:{:02}Z"


def mark(n: int) -> str:
    """A word that no other record says."""
    return f"kumquat{n:03}."


def claude(n: int) -> Record:
    return {
        "type": "user",
        "sessionId": "5e551011",
        "uuid": f"u{n}",
        "timestamp": TIME.format(n),
        "message": {"role": "user", "content": mark(n)},
    }


def codex(n: int) -> Record:
    if n == 0:
        payload: Record = {"id": "5e551011", "cwd": f"/home/ada/{mark(0)}"}
        return {"timestamp": TIME.format(n), "type": "session_meta", "payload": payload}
    content = [{"type": "output_text", "text": mark(n)}]
    payload = {"type": "message", "role": "assistant", "content": content}
    return {"timestamp": TIME.format(n), "type": "response_item", "payload": payload}


def gemini(n: int) -> Record:
    if n == 0:
        return {"sessionId": "5e551011", "projectHash": "0f", "summary": mark(0), "kind": "main"}
    return {"id": f"m{n}", "timestamp": TIME.format(n), "type": "user", "content": mark(n)}


def openhands(n: int) -> Record:
    args = {"content": mark(n)}
    event = {"id": n, "timestamp": TIME.format(n), "source": "user", "message": mark(n)}
    return event | {"action": "message", "args": args}


def openhands_sdk(n: int) -> Record:
    message = {"role": "user", "content": [{"type": "text", "text": mark(n)}]}
    event = {"id": f"e{n}", "timestamp": TIME.format(n), "source": "user"}
    return event | {"kind": "MessageEvent", "llm_message": message}


def openhands_evaluation(n: int) -> Record:
    return {"instance_id": f"orchard__pear-{n}", "history": [openhands(n)], "report": None}


def pi(n: int) -> Record:
    if n == 0:
        return {"type": "session", "id": "5e551011", "timestamp": TIME.format(n), "cwd": mark(0)}
    message = {"role": "assistant", "content": mark(n), "stopReason": "stop"}
    entry = {"id": f"e{n}", "timestamp": TIME.format(n), "message": message}
    return {"type": "message", **entry}


def copilot_cli(n: int) -> Record:
    event = {"id": f"e{n}", "parentId": None, "timestamp": TIME.format(n)}
    return {"type": "user.message", "data": {"content": mark(n)}, **event}


def droid(n: int) -> Record:
    if n == 0:
        return {"type": "session_start", "id": "5e551011", "cwd": mark(0)}
    message = {"role": "user", "content": mark(n)}
    return {"type": "message", "id": f"m{n}", "timestamp": TIME.format(n), "message": message}


def droid_stream(n: int) -> Record:
    line = {"session_id": "5e551011", "timestamp": TIME.format(n), "toolCallId": f"c{n}"}
    return {"type": "tool_result", **line, "value": mark(n)}


def deepseek(n: int) -> Record:
    data = {"content": mark(n)}
    return {"type": "user/message", "seq": n, "time": 1767225600000 + n, "data": data}


def qwen_code(n: int) -> Record:
    line = {"sessionId": "5e551011", "uuid": f"u{n}", "timestamp": TIME.format(n)}
    return {"type": "user", **line, "message": {"role": "user", "parts": [{"text": mark(n)}]}}


def kimi_code(n: int) -> Record:
    message = {"role": "user", "content": mark(n)}
    return {"type": "context.append_message", "message": message, "time": 1767225600000 + n}


def grok_updates(n: int) -> Record:
    update = {"sessionUpdate": "user_message_chunk", "content": mark(n)}
    meta = {"promptIndex": n}
    return {"timestamp": 1767225600 + n, "params": {"update": update | {"_meta": meta}}}


def antigravity(n: int) -> Record:
    step = {"step_index": n, "source": "USER_EXPLICIT", "type": "USER_INPUT"}
    return {**step, "created_at": TIME.format(n), "content": mark(n)}


def vscode_chat(n: int) -> Record:
    request = {"message": {"text": mark(n)}, "timestamp": 1767225600000 + n}
    if n == 0:
        chat = {"sessionId": "5e551011", "creationDate": 1767225600000, "requests": [request]}
        return {"kind": 0, "v": chat}
    return {"kind": 2, "k": ["requests"], "v": [request]}


def chat_message(n: int) -> Record:
    return {"role": "user", "content": mark(n)}


def chat_record(n: int) -> Record:
    return {"session_id": f"s{n}", "messages": [chat_message(n)]}


def langsmith(n: int) -> Record:
    inputs = {"messages": [chat_message(n)]}
    run = {"id": f"r{n}", "trace_id": f"t{n}", "dotted_order": f"2026Zt{n}", "run_type": "llm"}
    return run | {"name": "ask", "inputs": inputs, "outputs": {}}


def otlp(n: int) -> Record:
    said = {"key": "gen_ai.prompt.0.content", "value": {"stringValue": mark(n)}}
    role = {"key": "gen_ai.prompt.0.role", "value": {"stringValue": "user"}}
    kind = {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}
    span = {"traceId": f"{n:032x}", "spanId": f"{n:016x}", "name": "chat"}
    span |= {"startTimeUnixNano": "1", "attributes": [kind, role, said]}
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": [span]}]}]}


def otel_event(n: int) -> Record:
    attrs = {"session.id": "5e551011", "prompt": mark(n)}
    return {"_type": "log", "ts": TIME.format(n), "name": "user_prompt", "attrs": attrs}


def nested(n: int) -> Record:
    return {"request": {"deep": {"turns": [{"role": "user", "content": mark(n)}]}}, "n": n}


def cursor(n: int) -> Record:
    return {"role": "user", "message": {"content": [{"type": "text", "text": mark(n)}]}}


def goose(n: int) -> Record:
    if n == 0:
        return {"id": "20260301_1", "description": mark(0), "working_dir": "/w"}
    return {"role": "user", "created": 1772355600, "content": [{"type": "text", "text": mark(n)}]}


def kiro_event(n: int) -> Record:
    payload = {"type": "user", "content": mark(n), "executionId": "run-1"}
    return {"id": f"e{n}", "timestamp": TIME.format(n), "payload": payload}


def kiro(n: int) -> Record:
    data = {"message_id": f"m{n}", "content": [{"kind": "text", "data": mark(n)}]}
    return {"version": "v1", "kind": "Prompt", "data": data}


FORMATS: dict[str, tuple[str, Callable[[int], Record]]] = {
    "claude-code": ("claude-code", claude),
    "codex": ("codex", codex),
    "gemini-cli": ("gemini-cli", gemini),
    "openhands": ("openhands", openhands),
    "openhands-sdk": ("openhands", openhands_sdk),
    "openhands-evaluation": ("openhands", openhands_evaluation),
    "pi": ("pi", pi),
    "copilot-cli": ("copilot-cli", copilot_cli),
    "droid": ("droid", droid),
    "droid-stream": ("droid", droid_stream),
    "deepseek-harness": ("deepseek-harness", deepseek),
    "qwen-code": ("qwen-code", qwen_code),
    "kimi-code": ("kimi-code", kimi_code),
    "grok-updates": ("grok-build", grok_updates),
    "antigravity": ("antigravity", antigravity),
    "vscode-chat": ("vscode-copilot-chat", vscode_chat),
    "chat-messages": ("chat", chat_message),
    "chat-records": ("chat", chat_record),
    "langsmith": ("langsmith", langsmith),
    "otlp": ("otlp", otlp),
    "otel-events": ("otel-events", otel_event),
    "nested": ("messages", nested),
    "cursor-transcript": ("cursor-transcript", cursor),
    "goose": ("goose", goose),
    "kiro-cli": ("kiro-cli", kiro),
    "kiro-ide": ("kiro-ide", kiro_event),
}


def line_of(record: Record) -> bytes:
    return json.dumps(record).encode() + b"\n"


def text_of(source: SourceFile, format_: str) -> str:
    """All that the reader of the format hands on, as one text."""
    reader = detect(source)
    assert not isinstance(reader, NotATrace), reader.reason
    assert reader.format == format_
    source.account.begin()
    texts = []
    for draft in reader.read(source):
        texts += [draft.cwd, draft.title or ""]
        texts += [part.text for step in draft.steps for part in step.parts]
    return "\n".join(texts)
