"""Small tasks of Cline: with calls as blocks, with calls in the prose, and of its command line."""

from __future__ import annotations

from typing import Any

Message = dict[str, Any]
BEGUN = 1_767_225_600_000  # ms: 2026-01-01T00:00:00Z
_ENVIRONMENT = (
    "<environment_details>\n# Current Working Directory (/home/mo/mill) Files\nsrc/\n"
    "</environment_details>"
)


def text(words: str) -> Message:
    return {"type": "text", "text": words}


def call(call_id: str, name: str, **arguments: Any) -> Message:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def result(call_id: str, content: Any, **more: Any) -> Message:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **more}


def message(role: str, *content: Message, **more: Any) -> Message:
    return {"role": role, "content": list(content), **more}


TASK: list[Message] = [
    message("user", text("<task>\nCount the sacks\n</task>"), text(_ENVIRONMENT), ts=BEGUN),
    message(
        "assistant",
        {"type": "thinking", "thinking": "I look."},
        text("I look."),
        call("c1", "execute_command", command="ls"),
        ts=BEGUN + 1000,
        modelInfo={"modelId": "m-1"},
        metrics={"tokens": {"prompt": 7, "completion": 3}, "cost": 0.5},
    ),
    message("user", result("c1", "no such folder", is_error=True), ts=BEGUN + 2000),
    message("assistant", call("q1", "ask_followup_question", question="Which mill?")),
    message("user", result("q1", [text("<answer>\nThe old one\n</answer>")])),
    message("assistant", call("f1", "attempt_completion", result="Seven sacks.")),
    message(
        "user",
        result(
            "f1",
            "[attempt_completion] Result:\nThe user has provided feedback on the results.\n"
            "<feedback>\nCount again\n</feedback>",
        ),
        {"type": "image", "source": {"media_type": "image/png", "data": "A" * 400}},
        text(_ENVIRONMENT),
    ),
    message("assistant", text("Eight.")),
    message("user", text("[TASK RESUMPTION] This task was interrupted."), text(_ENVIRONMENT)),
]
WRITTEN: list[Message] = [
    {"role": "user", "content": "<task>\nCount the sacks\n</task>\n<file_content path='a'>1"},
    {
        "role": "assistant",
        "content": "I look.\n<execute_command>\n<command>ls</command>\n</execute_command>",
    },
    message("user", text("[execute_command for 'ls'] Result:"), text("a\nb"), text(_ENVIRONMENT)),
    message("assistant", text("<attempt_completion>\n<result>\nTwo.\n</result>")),
    message(
        "assistant", text("<attempt_completion>\n<result>\nTwo.\n</result>\n</attempt_completion>")
    ),
    message(
        "user",
        text(
            "[attempt_completion] Result:\n\nThe user is not satisfied.\n"
            "<feedback>\nAgain\n</feedback>"
        ),
    ),
]
SCREEN: list[Message] = [
    {"ts": BEGUN, "type": "say", "say": "task", "text": "Count the sacks"},
    {
        "ts": BEGUN + 500,
        "type": "say",
        "say": "api_req_started",
        "text": '{"tokensIn": 5, "tokensOut": 2, "cacheReads": 40, "cost": 0.25}',
    },
    {"ts": BEGUN + 9000, "type": "say", "say": "completion_result", "text": "Two."},
]
CLI: dict[str, Any] = {
    "version": 1,
    "updated_at": "2026-01-01T00:00:09Z",
    "agent": "lead",
    "sessionId": "17_ab",
    "system_prompt": "You are Cline.",
    "messages": [
        message(
            "user",
            text('<user_input mode="act">Count them</user_input>'),
            {"type": "file", "path": "/m/sacks.csv", "content": "rye,3"},
            ts=BEGUN,
        ),
        message(
            "assistant",
            text("Three."),
            ts=BEGUN + 1000,
            modelInfo={"id": "m-2"},
            metrics={"inputTokens": 30, "outputTokens": 4, "cacheReadTokens": 20, "cost": 0.5},
        ),
        message("user", text("Again"), ts=BEGUN + 5000),
    ],
}
CLI_FACTS: dict[str, Any] = {
    "session_id": "17_ab",
    "pid": 1,
    "started_at": "2026-01-01T00:00:08Z",
    "ended_at": "2026-01-01T00:00:09Z",
    "cwd": "/m",
    "model": "m-3",
    "metadata": {
        "title": "Sacks (fork)",
        "fork": {"forkedFromSessionId": "16_aa", "forkedAt": "2026-01-01T00:00:04Z"},
    },
}
CLINE: dict[str, Any] = {"cline": TASK, "cline written": WRITTEN, "cline-cli": CLI}
