from __future__ import annotations

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.agent_files import json_lines
from tests.support.files.editor_agents import GOOSE
from tests.support.files.trace_sources import memory_source, read_one, shown

SECOND = 1_000_000  # microseconds


def test_results_of_user_rows_belong_to_their_calls() -> None:
    episode, steps = read_one(memory_source(json_lines(GOOSE), "20260301_1.jsonl"))
    assert shown(steps) == [
        [("message", "Fix the ferry\n[image, 300 bytes]")],
        [
            ("reasoning", "I list."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("call", '{"command": "rm a.py"}'),
            ("call", ""),
            ("result", "no such tool"),
            ("result", "a.py"),
            ("result", "no right"),
        ],
        [("message", "Compacted.")],
        [("message", "So far: a ferry.")],
        [("message", "Done.")],
    ]
    assert [part.is_error for part in steps[1].parts[5:]] == [True, False, True]
    assert [step.at for step in steps] == [
        (1772355600 + second) * SECOND for second in (0, 1, 3, 4, 5)
    ]
    assert (episode.key, episode.title) == ("20260301_1", "Ferry repair")
    assert (episode.cwd, episode.project) == ("/home/mira/ferry app", "ferry app")


def test_notices_and_what_only_the_agent_sees_are_injected() -> None:
    _, steps = read_one(memory_source(json_lines(GOOSE)))
    assert [bool(step.flags & StepFlag.INJECTED) for step in steps] == [
        *(False, False, True, True, False)
    ]
    assert steps[2].source is StepSource.SYSTEM


def test_a_name_that_a_person_gave_comes_before_the_description() -> None:
    head = GOOSE[0] | {"name": "My ferry", "user_set_name": True}
    episode, _ = read_one(memory_source(json_lines([head, *GOOSE[1:]])))
    assert (episode.title, episode.agent_title) == ("My ferry", "Ferry repair")


def test_a_head_without_an_id_leaves_the_files_name() -> None:
    head = {key: value for key, value in GOOSE[0].items() if key != "id"}
    data = json_lines([head, *GOOSE[1:]])
    assert read_one(memory_source(data, "s/20260301_9.jsonl"))[0].key == "20260301_9"
    assert read_one(memory_source(json_lines(GOOSE[1:]), "a.zip!/9.jsonl"))[0].key == "9"


def test_sums_of_the_head_are_the_sessions() -> None:
    head = GOOSE[0] | {"accumulated_input_tokens": 40, "accumulated_output_tokens": 3}
    episode, steps = read_one(memory_source(json_lines([head, *GOOSE[1:]])))
    assert (episode.tokens_in, episode.tokens_out) == (40, 3)
    assert {step.tokens_in for step in steps} == {None}


def test_a_session_that_has_only_begun_waits() -> None:
    with pytest.raises(NothingToImport, match="without a message"):
        read_one(memory_source(json_lines(GOOSE[:1]) + b"\n" * 3))
