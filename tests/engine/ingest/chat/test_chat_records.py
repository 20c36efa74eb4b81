from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import Outcome, StepFlag, StepSource
from tests.support.files.trace_sources import (
    chat,
    document,
    memory_source,
    read_all,
    read_one,
    shown,
)

HELLO = chat(("system", "S"), ("user", "Mend the clock"), ("assistant", "Done."))


def steps_of(messages: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    return shown(read_one(document(messages))[1])


def test_a_bare_list_is_one_session() -> None:
    episode, steps = read_one(document(HELLO))
    assert [step.source for step in steps] == [
        StepSource.SYSTEM,
        StepSource.USER,
        StepSource.AGENT,
    ]
    assert episode.task == "Mend the clock"


def test_records_of_a_list_and_of_lines_are_episodes() -> None:
    records = [
        {"messages": HELLO, "instance_id": "acme__clock-1", "resolved": True},
        {"messages": HELLO, "instance_id": "acme__clock-2", "resolved": False},
    ]
    lines = "\n".join(map(json.dumps, records)).encode() + b'\n{"messages": [{"ro'
    for source in (document(records), memory_source(lines, "a.jsonl")):
        episodes = [episode for episode, _ in read_all(source)]
        assert [episode.outcome for episode in episodes] == [Outcome.SUCCESS, Outcome.FAILURE]
        assert [episode.project for episode in episodes] == ["acme/clock"] * 2
        assert len({episode.key for episode in episodes}) == 2


def test_lines_longer_than_the_head_are_still_lines() -> None:
    record = {"messages": [*HELLO, {"role": "user", "content": "x" * 100_000}]}
    lines = (json.dumps(record) + "\n").encode() * 2
    assert len(read_all(memory_source(lines))) == 2


def test_lines_of_messages_are_one_session() -> None:
    lines = "".join(json.dumps(message) + "\n" for message in HELLO).encode()
    _episode, steps = read_one(memory_source(lines))
    assert shown(steps)[1] == [("message", "Mend the clock")]
    assert json.loads(lines[steps[1].raw_start :][: steps[1].raw_size]) == HELLO[1]


def test_parallel_results_find_their_calls_and_legacy_calls_are_read() -> None:
    calls = [{"id": i, "function": {"name": f"f{i}", "arguments": "{not json"}} for i in "ab"]
    messages = [
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "tool_call_id": "b", "content": "B"},
        {"role": "tool", "tool_call_id": "a", "content": "A"},
        {"role": "assistant", "function_call": {"name": "g", "arguments": {"x": 1}}},
        {"role": "function", "name": "g", "content": "G"},
        {"role": "tool", "tool_call_id": "z", "content": "stray"},
    ]
    assert steps_of(messages)[3:] == [
        [("call", "{not json"), ("call", "{not json"), ("result", "B"), ("result", "A")],
        [("call", '{"x": 1}'), ("result", "G")],
        [("result", "stray")],
    ]


def test_an_unanswered_call_is_flagged() -> None:
    call = {"id": "a", "function": {"name": "f", "arguments": "{}"}}
    _, steps = read_one(document([*HELLO, {"role": "assistant", "tool_calls": [call]}]))
    assert steps[-1].flags == StepFlag.UNANSWERED


def test_anthropic_blocks_and_reasoning_are_read_and_signatures_left_out() -> None:
    messages = [
        {"role": "user", "content": "Go"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "text", "text": "I go."},
                {"type": "tool_use", "id": "t", "name": "run", "input": {"x": 1}},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t", "content": "ran"}],
        },
    ]
    assert steps_of(messages)[1:] == [
        [("reasoning", "Hm."), ("message", "I go."), ("call", '{"x":1}'), ("result", "ran")]
    ]


def test_images_become_placeholders_wherever_they_stand() -> None:
    url = "data:image/png;base64," + "A" * 1_600_000
    image = {"type": "image_url", "image_url": {"url": url}}
    assert steps_of([{"role": "user", "content": [image]}, *HELLO])[0] == [
        ("message", "[image/png, 1.2 MB]")
    ]
    assert steps_of([{"role": "user", "content": f"see {url}"}, *HELLO])[0] == [
        ("message", "see [image/png, 1.2 MB]")
    ]


def test_calls_in_prose_and_their_answers_are_one_step() -> None:
    said = "I look.\n<function=bash>\n<parameter=command>ls</parameter>\n</function>"
    messages = [*HELLO, *chat(("assistant", said), ("user", "OBSERVATION:\nmain.py"))]
    assert steps_of(messages)[-1] == [
        ("message", "I look."),
        ("call", "<parameter=command>ls</parameter>"),
        ("result", "OBSERVATION:\nmain.py"),
    ]


def test_share_gpt_names_are_understood() -> None:
    turns = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]
    _, steps = read_one(document({"conversations": turns}))
    assert [step.source for step in steps] == [StepSource.USER, StepSource.AGENT]


def test_records_alike_in_all_but_their_number_stay_apart() -> None:
    episodes = read_all(document([{"messages": HELLO}, {"messages": HELLO}]))
    assert len({episode.key for episode, _ in episodes}) == 2


def test_the_zoo_of_trajectory_sets_is_read(data: Path) -> None:
    counts = {}
    for source in walk([data / "format-zoo" / "adp"]):
        episodes = read_all(source)  # type: ignore[arg-type]
        assert all(steps and episode.task for episode, steps in episodes)
        counts[Path(source.name).name.split(".")[0]] = len(episodes)
    assert counts == {
        "agenttuning_os": 5,
        "codeactinstruct": 5,
        "nebius_SWE-agent-trajectories": 5,
        "openhands": 5,
        "swe-gym_openhands_sampled_trajectories": 5,
        "swe-smith": 5,
        "webarena_successful": 3,
    }


def test_a_list_that_is_cut_in_its_second_message_is_read_to_there() -> None:
    cut = json.dumps(chat(("user", "Fix it"), ("assistant", "Fixed."))).encode()[:-20]
    episode, steps = read_one(memory_source(cut, "talk.json"))
    assert episode.task == "Fix it" and len(steps) == 1
