from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import Outcome, StepFlag, StepSource
from tests.support.files.agent_files import OPENHANDS, OPENHANDS_SDK, json_lines
from tests.support.files.trace_sources import document, memory_source, read_all, read_one, shown

FIRST = [
    [("message", "You are OpenHands.")],
    [("message", "Make a file")],
    [("message", "Use tabs.\n\nUse git.")],
    [
        ("reasoning", "Hm."),
        ("message", "I look."),
        ("call", '{"command":"ls"}'),
        ("call", '{"command":"create","file_text":"x"}'),
        ("result", "ls: no"),
        ("result", "+x"),
    ],
    [("message", "Out of budget.")],
    [("message", "So far: a file.")],
    [("call", '{"message":"Made it."}')],
]


def test_the_calls_of_one_reply_are_one_step_with_their_results() -> None:
    episode, steps = read_one(document(OPENHANDS))
    assert shown(steps) == FIRST
    assert [step.flags for step in steps] == [
        StepFlag.NONE,
        StepFlag.NONE,
        StepFlag.INJECTED,
        StepFlag.ERROR,
        StepFlag.ERROR,
        StepFlag.COMPACTION,
        StepFlag.SUBMISSION,
    ]
    assert [part.call_id for part in steps[3].parts[2:]] == ["c1", "c2", "c1", "c2"]
    assert (episode.model, episode.cwd, episode.project) == ("gpt-5", "/workspace/ferry", "ferry")
    assert episode.task == "Make a file"


def test_tokens_are_each_replys_own_and_the_cost_is_the_last_sum() -> None:
    episode, steps = read_one(document(OPENHANDS))
    assert [(s.tokens_in, s.tokens_out) for s in steps if s.source is StepSource.AGENT] == [
        (100, 1),
        (200, 2),
    ]
    assert episode.cost_usd == 0.5


def test_without_a_replys_usage_its_tokens_are_what_the_sums_grew_by() -> None:
    events: list[dict[str, Any]] = [
        {
            "id": number,
            "source": "agent",
            "action": "message",
            "args": {"content": f"Hi {number}"},
            "llm_metrics": {"accumulated_token_usage": {"prompt_tokens": total}},
        }
        for number, total in enumerate((10, 25))
    ]
    _, steps = read_one(document(events))
    assert [step.tokens_in for step in steps] == [10, 15]


def test_a_command_without_the_models_words_is_what_the_action_states() -> None:
    events = [
        {"id": 1, "source": "user", "action": "run", "args": {"command": "ls", "thought": ""}},
        {"id": 2, "cause": 1, "source": "user", "observation": "run", "content": "a.py"},
        {"id": 3, "source": "agent", "action": "run", "args": {"command": "pwd", "thought": "W"}},
        {"id": 9, "cause": 8, "source": "agent", "observation": "error", "content": "Lost."},
    ]
    _, steps = read_one(document(events))
    assert shown(steps) == [
        [("call", '{"command":"ls"}'), ("result", "a.py")],
        [("message", "W"), ("call", '{"command":"pwd"}')],
        [("result", "Lost.")],
    ]
    assert [step.source for step in steps] == [
        StepSource.USER,
        StepSource.AGENT,
        StepSource.SYSTEM,
    ]
    assert [step.flags for step in steps] == [
        StepFlag.NONE,
        StepFlag.UNANSWERED,
        StepFlag.ERROR,
    ]


def test_events_of_the_sdk() -> None:
    episode, steps = read_one(document(OPENHANDS_SDK))
    assert shown(steps) == [
        [("message", "You are an agent.")],
        [("message", "Make a file")],
        [("message", "Use tabs.")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"command":"ls"}'),
            ("call", '{"bad'),
            ("result", "a.py"),
            ("result", "Not JSON."),
        ],
        [("message", "So far: ls.")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"command":"rm"}'),
            ("result", "Do not delete."),
        ],
        [("reasoning", "They said no."), ("message", "I stop.")],
        [("message", "It broke.")],
        [("message", "Please go on.")],
    ]
    assert (steps[-1].source, steps[-1].flags) == (StepSource.SYSTEM, StepFlag.INJECTED)
    assert steps[3].flags == StepFlag.ERROR | StepFlag.NOT_EXECUTED
    assert steps[5].flags == StepFlag.INTERRUPTED | StepFlag.NOT_EXECUTED
    assert [(s.tokens_in, s.tokens_out) for s in (steps[3], steps[5])] == [(100, 10), (200, 20)]
    assert (episode.key, episode.cost_usd, episode.task) == ("e0", 0.5, "Make a file")
    assert (episode.model, episode.project) == ("claude-sonnet-4-5", "ferry")


@pytest.mark.parametrize("events", [OPENHANDS, OPENHANDS_SDK], ids=["v0", "sdk"])
def test_lists_lines_and_wrapped_lists_are_one_conversation(events: list[dict[str, Any]]) -> None:
    whole, steps = read_one(document(events))
    for source in (memory_source(json_lines(events)), document({"trajectory": events})):
        episode, same = read_one(source)
        assert shown(same) == shown(steps)
        assert episode.key == whole.key


@pytest.mark.parametrize("events", [OPENHANDS, OPENHANDS_SDK], ids=["v0", "sdk"])
def test_a_conversation_that_has_grown_keeps_its_key_and_its_past(
    events: list[dict[str, Any]],
) -> None:
    whole, steps = read_one(document(events))
    for end in range(2, len(events)):
        episode, early = read_one(document(events[:end]))
        assert episode.key == whole.key
        assert shown(early[:-2]) == shown(steps[: max(0, len(early) - 2)])


def test_an_evaluation_has_an_episode_for_each_instance() -> None:
    pairs = [[OPENHANDS[1], OPENHANDS[8]], [OPENHANDS[4], OPENHANDS[7]]]
    records = [
        {"instance_id": "acme__ferry-1", "history": OPENHANDS, "report": {"resolved": True}},
        {"instance_id": "acme__ferry-2", "history": pairs, "report": {"resolved": False}},
        {"instance_id": "acme__ferry-3", "history": None, "error": "timeout"},
    ]
    data = json_lines(records)
    (first, steps), (second, paired) = read_all(memory_source(data, "output.jsonl"))
    assert shown(steps) == FIRST
    assert shown(paired) == [FIRST[1], [*FIRST[3][:3], FIRST[3][4]]]
    assert (first.outcome, second.outcome) == (Outcome.SUCCESS, Outcome.FAILURE)
    assert (first.task_key, first.project) == ("acme__ferry-1", "acme/ferry")
    assert json.loads(data[paired[0].raw_start :][: paired[0].raw_size]) == OPENHANDS[1]


def test_a_page_of_the_cache_repeats_events_and_is_no_session() -> None:
    with pytest.raises(NothingToImport, match="beside it"):
        read_one(document(OPENHANDS, "sessions/1/event_cache/0-25.json"))


def test_events_in_which_nothing_happened_are_no_session() -> None:
    with pytest.raises(NothingToImport, match="nothing was said or done"):
        read_one(document([OPENHANDS[8]]))


def test_the_real_lists(data: Path) -> None:
    sessions = [
        read_one(source)  # type: ignore[arg-type]
        for source in walk(sorted((data / "openhands").glob("*/*.json")))
    ]
    assert [len(steps) for _, steps in sessions] == [4, 6]
    (rfc, _), (demo, steps) = sessions
    assert (rfc.model, rfc.cost_usd, rfc.project) == ("gpt-5-2025-08-07", 0.01934775, "app")
    assert demo.model == "claude-3-5-sonnet-20241022"
    assert sum(step.tokens_out or 0 for step in steps) == 2_024
    assert not any(step.flags for step in steps)
