from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.ingest.spans.message import SpanMessage
from hpm_engine.ingest.spans.payload import decoded, messages_in
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Outcome, StepFlag, StepSource
from tests.support.files.trace_sources import document, read_one, shown

_TRACES = ("otel-and-langfuse", "langfuse-traces")
Said = tuple[str, str, list[tuple[str, str]], str]


def span(span_id: str, at: int, **fields: Any) -> dict[str, Any]:
    """An observation from second ``at`` to the next; its payloads are JSON texts, as exported."""
    stamp = "2025-01-01T00:00:{:02}.000Z"
    payloads = {key: json.dumps(fields.pop(key)) for key in ("input", "output") if key in fields}
    record = {"id": span_id, "startTime": stamp.format(at), "endTime": stamp.format(at + 1)}
    return {**record, "type": "GENERATION", "name": "chat", **payloads, **fields}


def export(*spans: dict[str, Any], **trace: Any) -> dict[str, Any]:
    return {"trace": {"id": "t1", "name": "app", **trace}, "observations": list(spans)}


ASK = {"role": "user", "content": "Weather?"}
CALL = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"id": "c1", "function": {"name": "get", "arguments": '{"city": "Rome"}'}}],
}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "Sunny"}
ANSWER = {"role": "assistant", "content": "It is sunny."}


def test_a_conversation_repeated_by_every_span_is_told_once() -> None:
    spans = [
        span("b", 3, input=[ASK, CALL, RESULT], output=ANSWER, parentObservationId="root"),
        span("a", 1, input=[ASK], output=CALL, usageDetails={"input": 7, "output": 2}),
        span("root", 0, type="SPAN", input=[ASK], output={"messages": [ASK, CALL, RESULT, ANSWER]}),
    ]
    episode, steps = read_one(document(export(*spans, scores=[{"name": "success", "value": 1}])))
    assert shown(steps) == [
        [("message", "Weather?")],
        [("call", '{"city": "Rome"}'), ("result", "Sunny")],
        [("message", "It is sunny.")],
    ]
    assert (steps[1].tokens_in, steps[1].tokens_out) == (7, 2)
    assert (episode.key, episode.agent, episode.task) == ("t1", "app", "Weather?")
    assert episode.outcome is Outcome.SUCCESS


def test_two_equal_replies_to_two_prompts_are_two_steps() -> None:
    yes = {"role": "assistant", "content": "Yes."}
    spans = [
        span("a", 1, input=[{"role": "user", "content": "One?"}], output=yes),
        span("b", 3, input=[{"role": "user", "content": "Two?"}], output=yes),
    ]
    _, steps = read_one(document(export(*spans)))
    assert [text for ((_, text),) in shown(steps)] == ["One?", "Yes.", "Two?", "Yes."]


def test_a_tools_own_span_answers_a_call_that_no_prompt_answers() -> None:
    tool = span("t", 3, type="TOOL", name="running tool: get", input={"city": "Rome"}, output="Fog")
    failed = {**tool, "output": None, "level": "ERROR", "statusMessage": "no network"}
    for observation, text, flag in (
        (tool, "Fog", StepFlag.NONE),
        (failed, "no network", StepFlag.ERROR),
    ):
        _, steps = read_one(document(export(span("a", 1, input=[ASK], output=CALL), observation)))
        assert shown(steps)[1] == [("call", '{"city": "Rome"}'), ("result", text)]
        assert steps[1].flags == flag


def test_messages_name_their_agents_where_several_speak() -> None:
    spans = [
        span("boss", 0, type="AGENT", name="planner"),
        span("a", 1, input=[ASK], output=CALL, parentObservationId="boss"),
        span("aide", 2, type="AGENT", name="critic", parentObservationId="boss"),
        span("node", 3, type="SPAN", name="step", parentObservationId="aide"),
        span("b", 4, input=[{"role": "user", "content": "Good?"}], output=ANSWER),
    ]
    spans[4]["parentObservationId"] = "node"
    _, steps = read_one(document(export(*spans)))
    named = [part.name for step in steps for part in step.parts if part.kind == "message"]
    assert named == ["", "planner", "", "critic"]
    spans[2]["type"] = "SPAN"
    _, steps = read_one(document(export(*spans)))
    assert not any(part.name for step in steps for part in step.parts if part.kind == "message")


def test_a_score_that_is_not_about_success_is_no_outcome() -> None:
    scored = export(
        span("a", 1, input=[ASK], output=ANSWER), scores=[{"name": "toxicity", "value": 1}]
    )
    assert read_one(document(scored))[0].outcome is Outcome.UNKNOWN


def test_the_messages_that_langfuse_made_of_a_trace_are_not_told_again() -> None:
    oracle = {"span-1": {"input": {"success": True, "data": [ASK, ANSWER]}}}
    verdict = detect(document(oracle))
    assert isinstance(verdict, NotATrace)
    assert "Import the trace itself" in verdict.reason


def test_a_trace_without_text_says_so() -> None:
    source = document(export(span("a", 1), span("b", 2, type="SPAN")))
    with pytest.raises(NothingToImport, match="without any text"):
        list(detect(source).read(source))  # type: ignore[union-attr]


def test_a_longer_export_of_the_same_trace_has_the_same_key() -> None:
    short = export(span("a", 1, input=[ASK], output=CALL))
    long = export(
        span("a", 1, input=[ASK], output=CALL),
        span("b", 3, input=[ASK, CALL, RESULT], output=ANSWER),
    )
    (short_draft, few), (long_draft, many) = read_one(document(short)), read_one(document(long))
    assert short_draft.key == long_draft.key
    assert len(few) < len(many)


def test_the_messages_of_every_real_span_are_those_that_langfuse_itself_finds(data: Path) -> None:
    """Compared are role, text, calls and the id answered, wherever Langfuse found messages.

    Where it found none (its schema refused the payload) or kept an object whole, there is nothing
    to compare.
    """
    compared = 0
    for path in sorted(data.joinpath(*_TRACES).glob("*.trace.json")):
        oracle = json.loads(path.with_name(path.name.replace(".trace.", ".chatml.")).read_bytes())
        for record in json.loads(path.read_bytes())["observations"]:
            for side, role in (("input", "user"), ("output", "assistant")):
                expected = oracle.get(record["id"], {}).get(side, {"success": False})
                if not expected["success"]:
                    continue
                wanted = [_wanted(item) for item in expected["data"] if _is_message(item)]
                ours = [_found(item) for item in messages_in(decoded(record[side]), role)]
                if wanted:
                    assert ours == wanted, (path.name, record["id"], side)
                    compared += len(wanted)
    assert compared > 140


def test_every_message_that_langfuse_finds_is_in_the_episode_and_none_twice(data: Path) -> None:
    for path in sorted(data.joinpath(*_TRACES).glob("*.trace.json")):
        oracle = json.loads(path.with_name(path.name.replace(".trace.", ".chatml.")).read_bytes())
        (source,) = walk([path])
        _, steps = read_one(source)  # type: ignore[arg-type]
        counts = _texts(steps)
        in_one_list: Counter[str] = Counter()
        for said in (side for sides in oracle.values() for side in sides.values()):
            data_of = said["data"] if said["success"] else ()
            messages = [_wanted(item) for item in data_of if _is_message(item)]
            here = Counter(text for _, text, _, _ in messages if text and '"function"' not in text)
            here.update(f"{name} {args}" for _, _, calls, _ in messages for name, args in calls)
            in_one_list |= here
        assert not in_one_list - counts, path.name
        assert all(counts[text] <= count for text, count in in_one_list.items()), path.name


def test_each_real_trace_is_one_episode_with_its_model_tokens_and_time(data: Path) -> None:
    paths = sorted(data.joinpath(*_TRACES).glob("*.trace.json"))
    keys = set()
    for path in paths:
        (source,) = walk([path])
        episode, steps = read_one(source)  # type: ignore[arg-type]
        keys.add(episode.key)
        assert episode.model and episode.started_at and episode.task
        assert any(step.tokens_in for step in steps if step.source is StepSource.AGENT)
    assert len(keys) == len(paths) == 16


def _texts(steps: list[StepDraft]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for step in steps:
        for part in step.parts:
            text = _canonical(part.text)
            counts[f"{part.name} {text}" if part.kind.value == "call" else text] += 1
    return counts


def _is_message(item: dict[str, Any]) -> bool:
    return bool("role" in item or "content" in item or item.get("tool_calls"))


def _wanted(item: dict[str, Any]) -> Said:
    """A message of the oracle. Content blocks are compared as their text and calls."""
    content = item.get("content")
    calls = [(call["name"], _canonical(call["arguments"])) for call in item.get("tool_calls", ())]
    if content is None and isinstance(item.get("json"), dict):
        content = item["json"].get("text")
    if isinstance(content, list) and all("type" in block for block in content):
        used = [block for block in content if block["type"] == "tool_use"]
        calls += [(block["name"], _canonical(json.dumps(block["input"]))) for block in used]
        content = "\n".join(block["text"] for block in content if block["type"] == "text")
    text = content if isinstance(content, str) else json.dumps(content) if content else ""
    return item.get("role", ""), _canonical(text), calls, item.get("tool_call_id", "")


def _found(message: SpanMessage) -> Said:
    calls = [(call.name, _canonical(call.text)) for call in message.calls]
    return message.role, _canonical(message.text), calls, message.call_id


def _canonical(text: str) -> str:
    """The text; JSON written one way."""
    value = decoded(text)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True) if value else text
