"""In episodes of several agents each step says whose it is."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import PartKind, StepFlag
from tests.support.files.agent_files import json_lines
from tests.support.files.span_files import SPANS
from tests.support.files.trace_sources import document, memory_source

CALL = {"id": "c", "function": {"name": "search", "arguments": "{}"}}


def steps_of(source: SourceFile) -> list[StepDraft]:
    reader = detect(source)
    assert not isinstance(reader, NotATrace), reader
    return [step for episode in reader.read(source) for step in episode.steps]


def spoken(source: SourceFile) -> list[tuple[str, str, str]]:
    """Of each step its source, its speaker and its text."""
    rows = []
    for step in steps_of(source):
        said = [p for p in step.parts if p.kind in (PartKind.MESSAGE, PartKind.REASONING)]
        name = next((part.name for part in said if part.name), "")
        rows.append((step.source.value, name, "".join(part.text for part in said)))
    return rows


@pytest.mark.parametrize("key", ["name", "sender", "agent", "agent_name", "role_name"])
def test_messages_say_who_spoke(key: str) -> None:
    messages = [
        {"role": "user", "content": "Find it", key: "Ann"},
        {"role": "assistant", "content": "I ask", key: "Triage"},
        {"role": "assistant", "content": None, "tool_calls": [CALL], key: "Search"},
        {"role": "tool", "content": "a.py", "tool_call_id": "c", "name": "search"},
        {"role": "assistant", "reasoning_content": "Hm", "content": "", key: "Search"},
        {"role": "user", "content": "Here it is", key: "Search"},
        {"role": "user", "content": "Thanks"},
    ]
    expected = [
        ("user", "Ann", "Find it"),
        ("agent", "Triage", "I ask"),
        ("agent", "Search", ""),
        ("agent", "Search", "Hm"),
        ("agent", "Search", "Here it is"),
        ("user", "", "Thanks"),
    ]
    assert spoken(document({"messages": messages})) == expected
    assert spoken(document(messages)) == expected
    assert spoken(memory_source(json_lines(messages))) == expected


def test_a_name_that_repeats_the_role_is_none() -> None:
    messages = [
        {"role": "user", "content": "Go", "name": "user"},
        {"role": "assistant", "content": "Gone", "name": "Assistant"},
    ]
    assert [name for _, name, _ in spoken(document({"messages": messages}))] == ["", ""]


def test_messages_of_unknown_records_say_who_spoke() -> None:
    messages = [
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": "I plan", "name": "Planner"},
        {"role": "assistant", "content": "I write", "name": "Writer"},
    ]
    assert [name for _, name, _ in spoken(document({"run": {"log": {"turns": messages}}}))] == [
        "",
        "Planner",
        "Writer",
    ]


def generation(number: int, agent: str, text: str) -> dict[str, Any]:
    asked = {"role": "user", "content": f"Question {number}"}
    return {
        "id": f"g{number}",
        "name": "chat",
        "run_type": "llm",
        "type": "GENERATION",
        "trace_id": "t",
        "dotted_order": f"2025010{number}T000000000000Zt",
        "start_time": f"2025-01-0{number}T00:00:01",
        "startTime": f"2025-01-0{number}T00:00:01Z",
        "endTime": f"2025-01-0{number}T00:00:02Z",
        "inputs": {"messages": [[asked]]},
        "input": json.dumps({"messages": [asked]}),
        "outputs": {"generations": [[{"text": text}]]},
        "output": json.dumps({"role": "assistant", "content": text}),
        "extra": {"metadata": {"langgraph_node": agent}},
        "metadata": {"attributes": {"gen_ai.agent.name": agent}},
    }


@pytest.mark.parametrize("kind", ["langsmith", "langfuse"])
@pytest.mark.parametrize("agents", [("planner", "writer"), ("planner", "planner")])
def test_generations_say_whose_they_are(kind: str, agents: tuple[str, str]) -> None:
    runs = [generation(1, agents[0], "I plan"), generation(2, agents[1], "I write")]
    value = runs if kind == "langsmith" else {"trace": {"id": "t"}, "observations": runs}
    names = [name for source, name, _ in spoken(document(value)) if source == "agent"]
    assert names == (list(agents) if agents[0] != agents[1] else ["", ""])


def test_otlp_generations_say_whose_they_are() -> None:
    export = copy.deepcopy(SPANS["otlp"])
    spans = export["resourceSpans"][0]["scopeSpans"][0]["spans"]
    second = copy.deepcopy(spans[0])
    second |= {"spanId": "b", "startTimeUnixNano": "1700000009000000000"}
    for attribute in second["attributes"]:
        if attribute["key"] == "gen_ai.completion.0.content":
            attribute["value"] = {"stringValue": "And warm."}
    spans.append(second)
    for span, agent in zip(spans, ("Weather", "Season"), strict=True):
        value = {"key": "gen_ai.agent.name", "value": {"stringValue": agent}}
        span["attributes"].append(value)
    names = {name for source, name, _ in spoken(document(export)) if source == "agent"}
    assert names == {"Weather", "Season"}


def test_agents_that_openhands_asked_say_who_they_are() -> None:
    def event(number: int, source: str = "agent", **more: Any) -> dict[str, Any]:
        when = f"2025-10-10T06:10:{number:02}"
        return {"id": number, "timestamp": when, "source": source, **more}

    browse = {"agent": "BrowsingAgent", "inputs": {"task": "Look"}, "thought": "I ask."}
    events = [
        event(1, "user", action="message", args={"content": "Look it up"}),
        event(2, action="delegate", args=browse),
        event(3, action="browse", args={"url": "example.org", "thought": ""}),
        event(4, observation="browse", cause=3, content="A page"),
        event(5, action="finish", args={"thought": "Found."}),
        event(6, observation="delegate", cause=2, content="Found."),
        event(7, action="message", args={"content": "It is so."}),
    ]
    assert spoken(document(events)) == [
        ("user", "", "Look it up"),
        ("agent", "", "I ask."),
        ("agent", "BrowsingAgent", ""),
        ("agent", "BrowsingAgent", "Found."),
        ("agent", "", "It is so."),
    ]


AUTOGEN = [
    {"source": "user", "type": "TextMessage", "content": "Find it", "models_usage": None},
    {"source": "planner", "type": "ThoughtEvent", "content": "Hm"},
    {
        "source": "planner",
        "type": "ToolCallRequestEvent",
        "content": [{"id": "c1", "name": "find", "arguments": '{"name":  "a"}'}],
        "models_usage": {"prompt_tokens": 30, "completion_tokens": 4},
    },
    {
        "source": "planner",
        "type": "ToolCallExecutionEvent",
        "content": [{"content": "No", "name": "find", "call_id": "c1", "is_error": True}],
    },
    {"source": "critic", "type": "TextMessage", "content": "Not there."},
]


@pytest.mark.parametrize("form", ["document", "list", "lines"])
def test_messages_of_autogen_say_who_spoke(form: str) -> None:
    forms = {
        "document": document({"messages": AUTOGEN, "stop_reason": "done"}),
        "list": document(AUTOGEN),
        "lines": memory_source(json_lines(AUTOGEN)),
    }
    assert spoken(forms[form]) == [
        ("user", "", "Find it"),
        ("agent", "planner", "Hm"),
        ("agent", "planner", ""),
        ("agent", "critic", "Not there."),
    ]
    called = steps_of(forms[form])[2]
    assert [(p.name, p.text, p.is_error) for p in called.parts[1:]] == [
        ("find", '{"name":  "a"}', False),
        ("find", "No", True),
    ]
    assert (called.tokens_in, called.tokens_out) == (30, 4)


def test_what_a_harness_put_in_is_no_prompt_and_data_of_the_session_no_result() -> None:
    messages = [
        {"role": "user", "content": "Go"},
        {"role": "user", "content": "Context is long", "injected": True},
        {"role": "assistant", "content": "Gone"},
        {"role": "session_meta"},
    ]
    flags = [bool(step.flags & StepFlag.INJECTED) for step in steps_of(document(messages))]
    assert flags == [False, True, False]
