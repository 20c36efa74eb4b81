from __future__ import annotations

import json
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.detect import detect
from hpm_engine.values.episodes import Outcome, StepFlag
from tests.support.files.trace_sources import document, memory_source, read_all, read_one, shown


def run(
    run_id: str, at: int, kind: str, inputs: Any, outputs: Any, **fields: Any
) -> dict[str, Any]:
    stamp = "2025-01-01T00:00:{:02}"
    return {
        "id": run_id,
        "name": kind,
        "run_type": kind,
        "trace_id": "t1",
        "dotted_order": f"20250101T0000{at:02}000000Z{run_id}",
        "parent_run_id": "root" if run_id != "root" else None,
        "start_time": stamp.format(at),
        "end_time": stamp.format(at + 1),
        "inputs": inputs,
        "outputs": outputs,
        **fields,
    }


def lc(kind: str, **kwargs: Any) -> dict[str, Any]:
    """A message as LangChain serialises it."""
    path = ["langchain_core", "messages", kind]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": kwargs}


ASK = lc("HumanMessage", content="Weather?")
CALL = lc(
    "AIMessage", content="", tool_calls=[{"id": "c1", "name": "get", "args": {"city": "Rome"}}]
)
RESULT = lc("ToolMessage", content="Sunny", tool_call_id="c1", status="success")
ANSWER = lc("AIMessage", content="It is sunny.")
RUNS = [
    run(
        "root",
        0,
        "chain",
        {"messages": [{"type": "human", "content": "Weather?"}]},
        {"messages": [ASK, CALL, RESULT, ANSWER]},
        name="weather agent",
        prompt_tokens=99,
        feedback_stats={"correctness": {"n": 1, "avg": 1.0}, "toxicity": {"n": 1, "avg": 0}},
    ),
    run(
        "a",
        1,
        "llm",
        {"messages": [[ASK]]},
        {"generations": [[{"text": "", "message": CALL}]]},
        prompt_tokens=7,
        completion_tokens=2,
        extra={"metadata": {"ls_model_name": "m-1"}},
    ),
    run("t", 3, "tool", {"input": "{'city': 'Rome'}"}, {"output": RESULT}, name="get"),
    run(
        "b",
        5,
        "llm",
        {"messages": [[ASK, CALL, RESULT]]},
        {"generations": [[{"text": "It is sunny.", "message": ANSWER}]]},
    ),
]


@pytest.mark.parametrize("lines", [True, False])
def test_a_trace_of_runs_is_one_conversation(lines: bool) -> None:
    text = "\n".join(map(json.dumps, reversed(RUNS))) if lines else json.dumps(RUNS)
    episode, steps = read_one(memory_source(text.encode()))
    assert shown(steps) == [
        [("message", "Weather?")],
        [("call", '{"city":"Rome"}'), ("result", "Sunny")],
        [("message", "It is sunny.")],
    ]
    assert (steps[1].tokens_in, steps[1].tokens_out, steps[1].model) == (7, 2, "m-1")
    assert (episode.key, episode.agent, episode.outcome) == ("t1", "weather agent", Outcome.SUCCESS)


def test_traces_of_one_thread_are_one_episode() -> None:
    extra = {"metadata": {"thread_id": "talk-1"}}
    runs = [
        run("a", 1, "llm", {"messages": [[ASK]]}, {"generations": [[{"message": ANSWER}]]}),
        run("b", 5, "llm", {"prompt": "And in Oslo?"}, {"generations": [[{"text": "Snow."}]]}),
    ]
    runs[0] |= {"extra": extra, "trace_id": "one"}
    runs[1] |= {"extra": extra, "trace_id": "two"}
    ((episode, steps),) = read_all(document(runs))
    assert episode.key == "talk-1"
    texts = [text for ((_, text),) in shown(steps)]
    assert texts == ["Weather?", "It is sunny.", "And in Oslo?", "Snow."]


def test_a_run_that_failed_says_why() -> None:
    failed = run("a", 1, "llm", {"messages": [[ASK]]}, None, error="RateLimitError: slow down")
    _, steps = read_one(document([failed]))
    assert shown(steps)[1] == [("message", "RateLimitError: slow down")]
    assert steps[1].flags == StepFlag.ERROR


def test_runs_without_text_say_so() -> None:
    source = document([run("a", 1, "chain", None, None)])
    with pytest.raises(NothingToImport, match="inputs and outputs"):
        list(detect(source).read(source))  # type: ignore[union-attr]
