"""The prompt and reply of a GenAI span, under any convention of instrumentation.

References: OpenTelemetry semantic conventions `gen-ai-spans.md`, `gen-ai-agent-spans.md` and
`gen-ai-events.md` (status: development); OpenInference; OpenLLMetry; Vercel's AI SDK.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hpm_engine.ingest.spans.message import as_text
from hpm_engine.ingest.spans.otlp_values import numbered
from hpm_engine.ingest.spans.payload import decoded
from hpm_engine.ingest.spans.span import SpanKind

Values = dict[str, Any]
Event = tuple[str, Values]
_CALLS_MODEL = frozenset(
    (
        "chat",
        "generate_content",
        "text_completion",
        "completion",
        "llm",
        "generation",
        "ai.generatetext.dogenerate",
        "ai.streamtext.dostream",
        "ai.generateobject.dogenerate",
        "ai.streamobject.dostream",
    )
)
_IS_AGENT = frozenset(("invoke_agent", "agent"))
_CALLS_TOOL = frozenset(("execute_tool", "tool", "ai.toolcall"))
_KIND_KEYS = (
    "gen_ai.operation.name",
    "openinference.span.kind",
    "traceloop.span.kind",
    "ai.operationId",
    "llm.request.type",
    "langfuse.observation.type",
)
_PROMPTS = (
    "gen_ai.input.messages",
    "ai.prompt.messages",
    "ai.prompt",
    "gen_ai.prompt",
    "gen_ai.tool.call.arguments",
    "ai.toolCall.args",
    "langfuse.observation.input",
    "input.value",
    "traceloop.entity.input",
    "tool_arguments",
)
_REPLIES = (
    "gen_ai.output.messages",
    "gen_ai.completion",
    "gen_ai.tool.call.result",
    "ai.toolCall.result",
    "langfuse.observation.output",
    "output.value",
    "traceloop.entity.output",
    "tool_response",
)
_ROLE_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def kind_of(values: Values) -> SpanKind:
    """The kind of a span with these attributes."""
    for key in _KIND_KEYS:
        word = values.get(key)
        if isinstance(word, str) and word:
            word = word.lower()
            if word in _CALLS_MODEL:
                return SpanKind.GENERATION
            if word in _CALLS_TOOL:
                return SpanKind.TOOL
            return SpanKind.AGENT if word in _IS_AGENT else SpanKind.OTHER
    return SpanKind.OTHER


def received(values: Values, events: Iterable[Event]) -> object:
    """The prompt, or a tool's arguments; None where the content was not captured."""
    messages = _first_list(values, ("gen_ai.prompt", "llm.input_messages")) or [
        {"role": _ROLE_EVENTS[name], **event} for name, event in events if name in _ROLE_EVENTS
    ]
    prompt = messages or _first(values, _PROMPTS)
    system = values.get("gen_ai.system_instructions")
    if system is None or not isinstance(items := decoded(prompt), list):
        return prompt
    parts = decoded(system)
    blocks = parts if isinstance(parts, list) else [as_text(parts)]
    return [{"role": "system", "parts": blocks}, *items]


def returned(values: Values, events: Iterable[Event]) -> object:
    """The reply, or a tool's result; None where the content was not captured."""
    messages = _first_list(values, ("gen_ai.completion", "llm.output_messages"))
    if messages:
        return [{"role": "assistant", **item} for item in messages if isinstance(item, dict)]
    text, calls = values.get("ai.response.text"), decoded(values.get("ai.response.toolCalls"))
    if text or calls:
        called = calls if isinstance(calls, list) else []
        return [{"role": "assistant", "content": text or "", "tool_calls": called}]
    choices = [event for name, event in events if name == "gen_ai.choice"]
    if choices:
        return [{"role": "assistant", **_choice(event)} for event in choices]
    return _first(values, _REPLIES)


def _choice(event: Values) -> Values:
    message = decoded(event.get("message"))
    return message if isinstance(message, dict) else {"content": event.get("content"), **event}


def _first_list(values: Values, prefixes: Iterable[str]) -> list[Any]:
    lists = (numbered(values, prefix) for prefix in prefixes)
    return next((items for items in lists if items), [])


def _first(values: Values, keys: Iterable[str]) -> object:
    return next((values[key] for key in keys if values.get(key) not in (None, "")), None)
