from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from hpm_engine.errors import LimitExceeded, NothingToImport
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource
from tests.support.files.agent_files import json_lines
from tests.support.files.editor_agents import CURSOR
from tests.support.files.trace_sources import memory_source, read_one, shown

CHAT = "cc000000-0000-4000-8000-00000000aa01"
PATH = f"projects/home-mira/agent-transcripts/{CHAT}/{CHAT}.jsonl"


def user(*texts: str) -> dict[str, Any]:
    content = [{"type": "text", "text": text} for text in texts]
    return {"role": "user", "message": {"content": content}}


def test_a_chat_is_prompts_replies_and_calls_without_results() -> None:
    episode, steps = read_one(memory_source(json_lines(CURSOR), PATH))
    assert shown(steps) == [
        [("message", "<user_info>\nWorkspace Path: /home/mira/ferry app\n</user_info>")],
        [("message", "Fix the ferry")],
        [
            ("reasoning", "I list the folder."),
            ("message", "I look."),
            ("call", '{"path": "/home/mira"}'),
            ("call", '{"command": "rm a.py"}'),
        ],
        [("message", "Provider Error: upstream timeout")],
        [("message", "Done.")],
    ]
    assert (episode.format, episode.agent) == ("cursor-transcript", "cursor")
    assert episode.key == CHAT
    assert (episode.task, episode.cwd) == ("Fix the ferry", "/home/mira/ferry app")
    assert (episode.model, steps[2].model) == ("composer-2", "composer-2")
    assert [step.at for step in steps] == [None] * 5


def test_context_and_errors_are_nobodys_words() -> None:
    _, steps = read_one(memory_source(json_lines(CURSOR), PATH))
    assert steps[0].flags == StepFlag.INJECTED
    assert (steps[3].source, bool(steps[3].flags & StepFlag.INJECTED)) == (StepSource.SYSTEM, True)
    assert steps[2].flags == StepFlag.NONE, "transcripts keep no results: none is missing"


@pytest.mark.parametrize(
    ("texts", "pieces"),
    [
        (["Plain"], [(False, "Plain")]),
        (["<user_query>\nGo\n</user_query>"], [(False, "Go")]),
        (["<user_query>\nGo"], [(False, "Go")]),
        (
            ["<timestamp>Monday</timestamp>\n<user_query>Go</user_query>"],
            [(True, "<timestamp>Monday</timestamp>"), (False, "Go")],
        ),
        (
            ["<timestamp>Monday</timestamp>\nGo <b>on</b>"],
            [(True, "<timestamp>Monday</timestamp>"), (False, "Go <b>on</b>")],
        ),
        (
            ["<attached_files>a.py</attached_files>", "<user_query>Go</user_query>"],
            [(True, "<attached_files>a.py</attached_files>"), (False, "Go")],
        ),
    ],
)
def test_the_persons_words_are_those_of_the_query(
    texts: list[str], pieces: list[tuple[bool, str]]
) -> None:
    _, steps = read_one(memory_source(json_lines([user(*texts)]), PATH))
    flags = [(bool(step.flags & StepFlag.INJECTED), step.parts[0].text) for step in steps]
    assert flags == pieces


def test_results_of_older_versions_belong_to_the_last_call() -> None:
    call = {"type": "tool_call", "name": "read_file", "input": {"path": "build.log"}}
    result = {
        "type": "tool-result",
        "name": "read_file",
        "content": [{"type": "text", "text": "x"}],
    }
    odd = {"type": "custom_block", "text": "Shown nowhere."}
    lines = [
        user("Go"),
        {"role": "assistant", "message": {"content": [call, odd]}},
        {
            "role": "user",
            "message": {"content": [result]},
            "metadata": {"toolResultStatus": "error"},
        },
        {"role": "assistant", "message": {"content": [call]}},
    ]
    source = memory_source(json_lines(lines), PATH)
    _, steps = read_one(source)
    (answer,) = [part for step in steps for part in step.parts if part.kind is PartKind.RESULT]
    assert (answer.text, answer.is_error) == ("x", True)
    assert (steps[1].flags, steps[2].flags) == (StepFlag.ERROR, StepFlag.UNANSWERED)
    assert source.account.sums().unknown == (("a block of type custom_block", 1),)


def test_a_result_with_an_id_belongs_to_the_call_without_one() -> None:
    call = {"type": "tool_use", "name": "Read", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "x"}
    lines = [
        user("Go"),
        {"role": "assistant", "message": {"content": [call]}},
        {"role": "user", "message": {"content": [result]}},
    ]
    _, steps = read_one(memory_source(json_lines(lines), PATH))
    assert shown(steps) == [[("message", "Go")], [("call", "{}"), ("result", "x")]]


def test_a_subagent_names_the_chat_in_whose_folder_it_lies() -> None:
    path = f"agent-transcripts/{CHAT}/subagents/8d.jsonl"
    episode, _ = read_one(memory_source(json_lines([user("Go")]), path))
    assert (episode.key, episode.parent_key) == ("8d", CHAT)
    assert read_one(memory_source(json_lines([user("Go")]), PATH))[0].parent_key == ""


def test_a_file_of_any_name_is_known_by_how_it_begins() -> None:
    first, second = (
        read_one(memory_source(json_lines([user("Go"), *more]), "chat.jsonl"))[0].key
        for more in ([], [user("On")])
    )
    assert first == second and first != "chat"


def test_the_end_of_an_aborted_turn_is_marked() -> None:
    lines = [user("Go"), {"type": "turn_ended", "status": "aborted"}]
    _, steps = read_one(memory_source(json_lines(lines), PATH))
    assert steps[0].flags == StepFlag.INTERRUPTED


def test_a_chat_without_a_message_and_one_above_the_limit_are_said() -> None:
    empty = {"role": "user", "message": {"content": []}}
    with pytest.raises(NothingToImport, match="without a message"):
        read_one(memory_source(json_lines([empty]), PATH))
    limits = msgspec.structs.replace(DEFAULT_LIMITS, document_size=100)
    with pytest.raises(LimitExceeded, match="one chat"):
        read_one(memory_source(json_lines(CURSOR), PATH, limits))


def test_each_step_is_found_byte_for_byte() -> None:
    data = json_lines(CURSOR)
    _, steps = read_one(memory_source(data, PATH))
    for step, line in zip(steps, CURSOR, strict=False):
        assert json.loads(data[step.raw_start :][: step.raw_size]) == line
