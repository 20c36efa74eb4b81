from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import Outcome
from tests.support.files.trace_sources import (
    chat,
    document,
    memory_source,
    read_all,
    read_one,
    shown,
)

TALK = chat(("system", "Be kind."), ("user", "Fix it"), ("assistant", "Fixed."))


def test_messages_are_found_however_deep_they_are() -> None:
    for value in (
        {"data": {"runs": [{"attempt": {"log": TALK}}]}},
        [{"payload": {"request": {"body": {"log": TALK}}}}],
        {"run": {"log": json.dumps(TALK)}},
        {"data": {"contents": [{"role": "user", "parts": [{"text": "Fix it"}]}]}},
    ):
        episode, steps = read_one(document(value))
        assert ("message", "Fix it") in [part for step in shown(steps) for part in step]
        assert (episode.format, episode.task) == ("messages", "Fix it")


def test_each_list_is_an_episode_labelled_by_what_is_around_it() -> None:
    other = chat(("user", "Paint it"), ("assistant", "Painted."))
    value = {
        "info": {"model": "outer"},
        "tasks": [],
        "simulations": [
            {"task_id": "7", "log": TALK, "reward_info": {"reward": 1.0}},
            {"task_id": "8", "log": other, "reward_info": {"reward": 0.0}, "model": "m-2"},
        ],
    }
    (first, _), (second, _) = read_all(document(value))
    assert (first.task_key, first.outcome) == ("7", Outcome.SUCCESS)
    assert (second.task_key, second.outcome, second.model) == ("8", Outcome.FAILURE, "m-2")


def test_tau2s_half_duplex_simulations_pair_their_calls() -> None:
    call = {"id": "c1", "name": "book", "arguments": {"seat": 4}, "requestor": "assistant"}
    said = [
        {"role": "user", "content": "Book 4", "turn_idx": 0},
        {"role": "assistant", "content": None, "tool_calls": [call], "turn_idx": 1},
        {"role": "tool", "id": "c1", "content": "Booked", "requestor": "assistant"},
    ]
    value = {
        "info": {},
        "tasks": [],
        "simulations": [{"id": "s-1", "task_id": 3, "messages": said}],
    }
    _, steps = read_one(document(value))
    assert shown(steps) == [
        [("message", "Book 4")],
        [("call", '{"seat":4}'), ("result", "Booked")],
    ]


def test_a_list_with_which_another_begins_is_not_told_twice() -> None:
    value = {"a": {"prompt": TALK[:2]}, "b": {"all": TALK}, "c": {"all": TALK}}
    _, steps = read_one(document(value))
    assert len(steps) == 3


def test_lines_of_records_and_a_second_reading_give_the_same_keys() -> None:
    lines = [{"id": number, "body": {"log": [*TALK, *TALK[1:]]}} for number in range(3)]
    data = "\n".join(map(json.dumps, lines)).encode()
    episodes = read_all(memory_source(data))
    assert len({episode.key for episode, _ in episodes}) == 3
    assert [len(steps) for _, steps in episodes] == [5, 5, 5], "a word said twice is told twice"
    assert [e.key for e, _ in read_all(memory_source(data))] == [e.key for e, _ in episodes]


@pytest.mark.parametrize(
    "value",
    [
        {"users": [{"role": "admin", "text": "x"}]},
        {"a": {"b": [{"content": "x"}]}},
        {"roles": [{"role": "user"}]},
        {"log": [{"role": "user", "content": "x"}, {"level": "warn"}]},
    ],
)
def test_lists_of_other_things_are_no_conversation(value: Any) -> None:
    assert isinstance(detect(document(value)), NotATrace)


def test_every_file_of_the_format_zoo_is_read(data: Path) -> None:
    counts = {}
    for source in walk([data / "format-zoo" / "adp"]):
        episodes = read_all(source)  # type: ignore[arg-type]
        assert all(steps for _, steps in episodes)
        assert len({episode.key for episode, _ in episodes}) == len(episodes)
        counts[source.name.rsplit("/", 1)[-1].split(".")[0]] = len(episodes)
    assert counts == {
        "agenttuning_os": 5,
        "codeactinstruct": 5,
        "nebius_SWE-agent-trajectories": 5,
        "openhands": 5,
        "swe-gym_openhands_sampled_trajectories": 5,
        "swe-smith": 5,
        "webarena_successful": 3,
    }
