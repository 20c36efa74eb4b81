"""A small session of Copilot CLI, with the traps of its events."""

from __future__ import annotations

from typing import Any

Line = dict[str, Any]


def event(number: int, kind: str, **data: Any) -> Line:
    """An event, a second later than the one before."""
    at = f"2026-05-04T08:00:{number:02}.000Z"
    return {"type": kind, "data": data, "id": f"e{number}", "timestamp": at, "parentId": None}


def request(call_id: str, name: str, arguments: Any) -> Line:
    return {"toolCallId": call_id, "name": name, "arguments": arguments, "type": "function"}


COPILOT_CLI: list[Line] = [
    event(
        0,
        "session.start",
        sessionId="5e55",
        selectedModel="m-0",
        context={"cwd": "/home/mira/ferry", "branch": "main"},
    ),
    event(1, "system.message", role="system", content="You are an agent."),
    event(
        2,
        "user.message",
        content="Fix the ferry",
        transformedContent="<current_datetime>now</current_datetime>\nFix the ferry",
        attachments=[{"type": "file", "path": "/home/mira/ferry/a.py"}],
    ),
    event(3, "assistant.reasoning", reasoningId="r", content="I look."),
    event(
        4,
        "assistant.message",
        messageId="m1",
        content="I look.",
        reasoningText="I look.",
        outputTokens=7,
        toolRequests=[request("c1", "bash", {"cmd": "ls"}), request("c2", "edit", '{"path":"a"}')],
    ),
    event(5, "tool.execution_start", toolCallId="c1", toolName="bash", arguments={"cmd": "ls"}),
    event(6, "tool.execution_complete", toolCallId="c1", success=True, result={"content": "a.py"}),
    event(7, "tool.execution_complete", toolCallId="c2", success=False, error={"message": "no"}),
    event(8, "user.message", content="<skill-context>Use tabs</skill-context>", source="skill-x"),
    event(9, "subagent.started", toolCallId="c3", agentName="explorer"),
    event(10, "assistant.message", messageId="m2", parentToolCallId="c3", content="Two files."),
    event(11, "session.error", message="Quota."),
    event(12, "session.compaction_complete", success=True, summaryContent="So far: looked."),
    event(13, "assistant.message", messageId="m3", model="m-1", content="Do", outputTokens=1),
    event(14, "assistant.message", messageId="m3", content="ne.", chunkIndex=1, outputTokens=2),
    event(15, "abort", reason="user"),
    event(16, "session.shutdown", totalPremiumRequests=1),
]
