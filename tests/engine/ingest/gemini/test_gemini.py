from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.errors import LimitExceeded, NothingToImport
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.agent_files import CHECKPOINT, GEMINI, json_lines
from tests.support.files.trace_sources import document, memory_source, read_one, shown

HEAD = {key: value for key, value in GEMINI.items() if key != "messages"}


def test_a_call_and_its_result_are_in_the_reply_that_made_it() -> None:
    episode, steps = read_one(document(GEMINI))
    assert shown(steps) == [
        [("message", "Fix the ferry\n[image/png, 3.0 kB]")],
        [
            ("reasoning", "Looking\nI list the folder.\n\nThen\nI read."),
            ("call", '{"dir_path": "/home/mira/ferry app/src"}'),
            ("call", '{"command": "rm a.py"}'),
            ("call", '{"file_path": "b.py"}'),
            ("call", "{}"),
            ("result", "a.py"),
            ("result", "no right"),
            ("result", "Cancelled"),
        ],
        [("message", "Quota.")],
        [("message", "Done.")],
    ]
    assert [part.is_error for part in steps[1].parts[5:]] == [False, True, False]
    assert steps[1].flags == StepFlag.ERROR | StepFlag.INTERRUPTED | StepFlag.UNANSWERED
    assert (steps[2].source, steps[2].flags) == (
        StepSource.SYSTEM,
        StepFlag.INJECTED | StepFlag.ERROR,
    )
    assert (episode.key, episode.model) == ("5b95-1", "gemini-2.5-flash")


def test_cached_tokens_are_part_of_the_input_and_thoughts_of_the_output() -> None:
    _, steps = read_one(document(GEMINI))
    assert [(step.tokens_in, step.tokens_out) for step in steps] == [
        (None, None),
        (105, 37),
        (None, None),
        (None, None),
    ]


def test_the_projects_folder_is_found_by_its_hash() -> None:
    episode, _ = read_one(document(GEMINI))
    assert (episode.cwd, episode.project) == ("/home/mira/ferry app", "ferry app")
    unknown = GEMINI | {"projectHash": "0" * 64}
    assert read_one(document(unknown))[0].cwd == ""


def test_each_message_is_found_byte_for_byte() -> None:
    data = json.dumps(GEMINI, indent=2).encode()
    _, steps = read_one(memory_source(data))
    for step, message in zip(steps, GEMINI["messages"], strict=True):
        assert json.loads(data[step.raw_start :][: step.raw_size]) == message


def lines(*more: dict[str, Any]) -> bytes:
    return json_lines([HEAD, *more])


def test_of_a_message_written_again_the_last_state_counts_once() -> None:
    early = copy.deepcopy(GEMINI["messages"][1])
    early["toolCalls"], early["tokens"] = early["toolCalls"][:1], None
    first, second, third, fourth = GEMINI["messages"]
    data = lines(first, early, third, second, {"$set": {"lastUpdated": "x"}}, fourth)
    episode, steps = read_one(memory_source(data, "session-x.jsonl"))
    assert episode.key == "5b95-1"
    assert shown(steps) == shown(read_one(document(GEMINI))[1])
    assert json.loads(data[steps[1].raw_start :][: steps[1].raw_size]) == second


def test_what_was_rewound_or_summed_up_is_kept() -> None:
    summary = {"id": "s", "type": "user", "content": "Summary."}
    update = {"$set": {"messages": [summary, {"id": "m1", "type": "user", "content": "cut"}]}}
    data = lines(*GEMINI["messages"], {"$rewindTo": "m1"}, update)
    _, steps = read_one(memory_source(data))
    assert shown(steps) == [*shown(read_one(document(GEMINI))[1]), [("message", "Summary.")]]


def test_a_subagent_names_its_parent_by_its_folder() -> None:
    data = json_lines([HEAD | {"kind": "subagent", "sessionId": "sub"}, GEMINI["messages"][0]])
    episode, _ = read_one(memory_source(data, "chats/5b95-1/sub.jsonl"))
    assert (episode.key, episode.parent_key) == ("sub", "5b95-1")
    assert read_one(document(GEMINI, "chats/session-1.json"))[0].parent_key == ""


def test_a_session_that_has_only_begun_waits() -> None:
    for source in (memory_source(lines()), document(HEAD | {"messages": []})):
        with pytest.raises(NothingToImport, match="without a message"):
            read_one(source)


def test_lines_above_the_limit_of_a_session_are_refused() -> None:
    limits = msgspec.structs.replace(DEFAULT_LIMITS, document_size=300)
    with pytest.raises(LimitExceeded, match="300"):
        read_one(memory_source(lines(*GEMINI["messages"]), limits=limits))


@pytest.mark.parametrize("value", [CHECKPOINT, {"history": CHECKPOINT, "authType": "oauth"}])
def test_a_saved_checkpoint_is_a_conversation(value: object) -> None:
    episode, steps = read_one(document(value))
    assert shown(steps) == [
        [("message", "Say hi")],
        [
            ("reasoning", "I think."),
            ("message", "Hi."),
            ("call", '{"path": "."}'),
            ("result", "a.py"),
        ],
        [("message", "One file.")],
    ]
    assert episode.key == read_one(document(CHECKPOINT[:-1]))[0].key


def test_the_real_sessions(data: Path) -> None:
    sessions = [read_one(source) for source in walk(sorted(data.glob("gemini-cli/*/*-*.json")))]  # type: ignore[arg-type]
    assert [(len(steps), episode.project) for episode, steps in sessions] == [(14, ""), (2, "app")]
    _, steps = sessions[0]
    assert sum(step.tokens_in or 0 for step in steps) == 101_630
    assert sum(step.tokens_out or 0 for step in steps) == 4_227
    assert not any(step.flags for step in steps)


def test_a_session_that_grew_is_extended_and_a_reply_that_changed_is_told_once(
    tmp_path: Path,
) -> None:
    early = copy.deepcopy(GEMINI["messages"][1]) | {"toolCalls": [], "tokens": None}
    path = tmp_path / "session-1.jsonl"
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        path.write_bytes(lines(GEMINI["messages"][0], early))
        assert memory.import_paths([path]).steps_added == 2
        path.write_bytes(lines(GEMINI["messages"][0], early, *GEMINI["messages"][1:]))
        report = memory.import_paths([path])
        assert (report.episodes_added, report.episodes_extended, report.steps_added) == (0, 1, 2)
        (key,) = memory.episodes.find(EpisodeQuery()).window(0, 2)
        (episode,) = memory.episodes.get([key])
        assert (episode.steps, episode.calls, episode.tokens_in) == (4, 4, 105)
        assert b"".join(memory.originals.whole(key)) == path.read_bytes()


def test_a_subagents_session_hangs_under_its_parents(tmp_path: Path) -> None:
    (tmp_path / "5b95-1").mkdir()
    head = HEAD | {"kind": "subagent", "sessionId": "sub"}
    (tmp_path / "5b95-1" / "sub.jsonl").write_bytes(json_lines([head, GEMINI["messages"][0]]))
    (tmp_path / "session-1.json").write_text(json.dumps(GEMINI))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths([tmp_path / "5b95-1", tmp_path / "session-1.json"])
        (parent,) = memory.episodes.find(EpisodeQuery(top_level=True)).window(0, 9)
        (child,) = memory.episodes.detail(parent).children
        assert (memory.episodes.detail(parent).episode.key, child.steps) == ("5b95-1", 1)


def test_a_head_without_its_project_is_one() -> None:
    head = {"sessionId": "g-9", "startTime": HEAD["startTime"], "lastUpdated": HEAD["startTime"]}
    lines = [head, {"id": "u", "timestamp": HEAD["startTime"], "type": "user", "content": "Fix it"}]
    episode, steps = read_one(memory_source(json_lines(lines)))
    assert (episode.format, episode.key) == ("gemini-cli", "g-9")
    assert shown(steps) == [[("message", "Fix it")]]


def test_a_whole_session_without_its_project_is_one() -> None:
    whole = {key: GEMINI[key] for key in ("sessionId", "startTime", "lastUpdated", "messages")}
    episode, steps = read_one(document(whole))
    assert episode.format == "gemini-cli"
    assert shown(steps) == shown(read_one(document(GEMINI))[1])
