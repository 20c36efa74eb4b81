"""A small trace of a call, its tool and its answer in each format of spans."""

from __future__ import annotations

import json
from typing import Any

_ASK = {"role": "user", "content": "Weather?"}
_CALL = {
    "role": "assistant",
    "content": [{"type": "text", "text": "I look."}],
    "tool_calls": [{"id": "c1", "function": {"name": "get", "arguments": '{"city": "Rome"}'}}],
}
_RESULT = {"role": "tool", "tool_call_id": "c1", "content": "Sunny"}
_PARTS = [
    {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
    {"role": "model", "parts": [{"functionCall": {"name": "get", "args": {"city": "Rome"}}}]},
]

LANGFUSE: dict[str, Any] = {
    "trace": {"id": "t", "name": "app", "scores": [{"name": "success", "value": 1}]},
    "observations": [
        {
            "id": "a",
            "parentObservationId": "r",
            "type": "GENERATION",
            "name": "chat",
            "startTime": "2025-01-01T00:00:01Z",
            "endTime": "2025-01-01T00:00:02Z",
            "input": json.dumps({"messages": [_ASK], "system": "Be kind."}),
            "output": json.dumps(_CALL),
            "metadata": {"resourceAttributes": {"service.name": "helpdesk"}},
            "usageDetails": {"input": 3, "output": 1},
        },
        {"id": "t", "type": "TOOL", "name": "get", "input": {"city": "Rome"}, "output": "Sunny"},
        {"id": "r", "type": "AGENT", "name": "app", "output": [_ASK, _CALL, _RESULT]},
    ],
}

OTLP: dict[str, Any] = {
    "resourceSpans": [
        {
            "resource": {
                "attributes": [{"key": "service.name", "value": {"stringValue": "helpdesk"}}]
            },
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "traceId": "t",
                            "spanId": "a",
                            "name": "chat",
                            "startTimeUnixNano": "1700000000000000000",
                            "attributes": [
                                {"key": key, "value": {"stringValue": value}}
                                for key, value in {
                                    "gen_ai.operation.name": "chat",
                                    "gen_ai.input.messages": json.dumps(_PARTS),
                                    "gen_ai.completion.0.content": "Sunny.",
                                }.items()
                            ],
                            "events": [{"name": "gen_ai.choice", "attributes": []}],
                            "status": {"code": 2, "message": "cut"},
                        }
                    ]
                }
            ],
        }
    ]
}

LANGSMITH: list[dict[str, Any]] = [
    {
        "id": "a",
        "name": "model",
        "run_type": "llm",
        "trace_id": "t",
        "dotted_order": "20250101T000001000000Za",
        "start_time": "2025-01-01T00:00:01",
        "inputs": {"messages": [[_ASK]]},
        "outputs": {"generations": [[{"text": "", "message": _CALL}]]},
        "extra": {"metadata": {"ls_model_name": "m"}},
        "feedback_stats": {"success": {"avg": 1.0}},
    },
    {"id": "b", "run_type": "tool", "name": "get", "trace_id": "t", "outputs": {"output": _RESULT}},
]

NESTED: dict[str, Any] = {"runs": [{"id": 7, "reward": 1.0, "log": [_ASK, _CALL, _RESULT]}]}

SPANS: dict[str, Any] = {
    "langfuse": LANGFUSE,
    "otlp": OTLP,
    "langsmith": LANGSMITH,
    "messages": NESTED,
}
