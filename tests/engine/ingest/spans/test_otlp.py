from __future__ import annotations

import json
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.detect import detect
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.trace_sources import document, memory_source, read_all, read_one, shown

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def any_value(value: Any) -> dict[str, Any]:
    """A value as OTLP/JSON writes it."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": pairs(value)}}
    return {"stringValue": value}


def pairs(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": any_value(value)} for key, value in values.items()]


def span(span_id: str, at: int, values: dict[str, Any], **fields: Any) -> dict[str, Any]:
    record = {"traceId": "t1", "spanId": span_id, "name": "chat m-1", "attributes": pairs(values)}
    times = {"startTimeUnixNano": str(START + at * SECOND)}
    times["endTimeUnixNano"] = str(START + (at + 1) * SECOND)
    return {**record, **times, **fields}


def batch(*spans: dict[str, Any], service: str = "helpdesk") -> dict[str, Any]:
    resource = {"attributes": pairs({"service.name": service})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}


ASK = {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]}
CALL = {
    "role": "assistant",
    "parts": [
        {"type": "reasoning", "content": "I must look."},
        {"type": "tool_call", "id": "c1", "name": "get", "arguments": {"city": "Rome"}},
    ],
    "finish_reason": "tool_call",
}
RESULT = {
    "role": "tool",
    "parts": [{"type": "tool_call_response", "id": "c1", "response": "Sunny"}],
}
ANSWER = {"role": "assistant", "parts": [{"type": "text", "content": "It is sunny."}]}
TOLD = [
    [("message", "Be kind.")],
    [("message", "Weather?")],
    [("reasoning", "I must look."), ("call", '{"city":"Rome"}'), ("result", "Sunny")],
    [("message", "It is sunny.")],
]


def chats(*, as_text: bool) -> list[dict[str, Any]]:
    def held(value: Any) -> Any:
        return json.dumps(value) if as_text else value

    model = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1"}
    system = held([{"type": "text", "content": "Be kind."}])
    first = {
        **model,
        "gen_ai.system_instructions": system,
        "gen_ai.input.messages": held([ASK]),
        "gen_ai.output.messages": held([CALL]),
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 2,
    }
    second = {
        **model,
        "gen_ai.system_instructions": system,
        "gen_ai.input.messages": held([ASK, CALL, RESULT]),
        "gen_ai.output.messages": held([ANSWER]),
    }
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "Helper"}
    return [
        span("a", 1, first, parentSpanId="root"),
        span("b", 4, second, parentSpanId="root"),
        span("root", 0, {**agent, "gen_ai.usage.input_tokens": 70}),
    ]


@pytest.mark.parametrize("as_text", [True, False])
def test_messages_as_attributes_in_text_or_structured(as_text: bool) -> None:
    episode, steps = read_one(document(batch(*chats(as_text=as_text))))
    assert shown(steps) == TOLD
    assert (steps[2].tokens_in, steps[2].tokens_out, steps[2].model) == (7, 2, "m-1")
    assert sum(step.tokens_in or 0 for step in steps) == 7, "the agent's span repeats the sum"
    assert (episode.key, episode.agent, episode.project) == ("t1", "Helper", "helpdesk")
    assert episode.started_at == START // 1000


def test_spans_may_stand_on_different_lines() -> None:
    lines = [json.dumps(batch(record)) for record in chats(as_text=True)]
    data = "\n".join(reversed(lines)).encode()
    _, steps = read_one(memory_source(data, "spans.jsonl"))
    assert shown(steps) == TOLD
    said = json.loads(data[steps[3].raw_start :][: steps[3].raw_size])
    assert said["spanId"] == "b"


def test_a_span_that_was_sent_twice_counts_once() -> None:
    line = json.dumps(batch(*chats(as_text=True)))
    source = memory_source(f"{line}\n{line}\n{line}\n".encode(), "spans.jsonl")
    _, steps = read_one(source)
    assert shown(steps) == TOLD
    assert sum(step.tokens_in or 0 for step in steps) == 7
    assert (source.account.read, source.account.passed_over.total()) == (1, 2)


def test_messages_in_numbered_keys() -> None:
    for prompt, reply, inner in (
        ("gen_ai.prompt", "gen_ai.completion", ""),
        ("llm.input_messages", "llm.output_messages", "message."),
    ):
        kind = (
            {"gen_ai.operation.name": "chat"} if not inner else {"openinference.span.kind": "LLM"}
        )
        call = "tool_calls.0.tool_call.function" if inner else "tool_calls.0"
        values = {
            **kind,
            f"{prompt}.0.{inner}role": "system",
            f"{prompt}.0.{inner}content": "Be kind.",
            f"{prompt}.1.{inner}role": "user",
            f"{prompt}.1.{inner}content": "Weather?",
            f"{reply}.0.{inner}role": "assistant",
            f"{reply}.0.{inner}{call}.name": "get",
            f"{reply}.0.{inner}{call}.arguments": '{"city":"Rome"}',
        }
        _, steps = read_one(document(batch(span("a", 1, values))))
        assert shown(steps) == [*TOLD[:2], [("call", '{"city":"Rome"}')]]
        assert steps[2].flags == StepFlag.UNANSWERED


def test_messages_as_events() -> None:
    events = [
        {"name": "gen_ai.user.message", "attributes": pairs({"content": "Weather?"})},
        {"name": "gen_ai.choice", "attributes": pairs({"message": json.dumps({"content": "Fog"})})},
    ]
    record = span("a", 1, {"gen_ai.operation.name": "chat"}, events=events)
    _, steps = read_one(document(batch(record)))
    assert shown(steps) == [[("message", "Weather?")], [("message", "Fog")]]
    assert steps[1].source is StepSource.AGENT


def test_a_tools_span_is_the_run_of_its_call() -> None:
    chat = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps([ASK]),
        "gen_ai.output.messages": json.dumps([CALL]),
    }
    tool = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "get",
        "gen_ai.tool.call.id": "c1",
        "gen_ai.tool.call.arguments": '{"city":"Rome"}',
    }
    failed = span("t", 3, tool, status={"code": 2, "message": "timeout"})
    _, steps = read_one(document(batch(span("a", 1, chat), failed)))
    assert shown(steps)[1][-1] == ("result", "timeout")
    assert steps[1].flags == StepFlag.ERROR


def test_traces_of_one_conversation_are_one_episode() -> None:
    spans = []
    for number, said in enumerate(([ASK], [ASK, ANSWER, {**ASK, "parts": [{"content": "Fog?"}]}])):
        values = {
            "gen_ai.operation.name": "chat",
            "gen_ai.conversation.id": "talk-1",
            "gen_ai.input.messages": json.dumps(said),
            "gen_ai.output.messages": json.dumps([ANSWER]),
        }
        spans.append(span(str(number), number * 5, values, traceId=f"t{number}"))
    other = span(
        "x", 1, {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 9}, traceId="u"
    )
    episodes = read_all(document(batch(*spans, other)))
    assert [episode.key for episode, _ in episodes] == ["talk-1", "u"]
    texts = [text for step in shown(episodes[0][1]) for _, text in step]
    assert texts[:2] == ["Weather?", "It is sunny."]
    assert texts[-1] == "It is sunny."
    assert len(texts) == 4
    assert [step.tokens_in for step in episodes[1][1]] == [9], "text was not captured, tokens were"


def test_spans_of_other_programs_are_no_episode() -> None:
    source = document(batch(span("a", 1, {"http.method": "GET", "input.value": "hello"})))
    with pytest.raises(NothingToImport, match="none of a model's"):
        list(detect(source).read(source))  # type: ignore[union-attr]
