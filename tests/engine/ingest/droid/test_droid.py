from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.line_sources import jsonl
from tests.support.files.other_agents import DROID, DROID_STREAM, REMINDER
from tests.support.files.trace_sources import memory_source, read_all, read_one, shown


def test_a_session_and_what_is_no_prompt_in_it() -> None:
    source = memory_source(jsonl(*DROID, {"type": "hologram"}))
    draft, steps = read_one(source)
    assert (draft.format, draft.key, draft.title) == ("droid", "d401", "The ferry")
    assert (draft.cwd, draft.task) == ("/home/mira/ferry", "Fix the")
    assert shown(steps) == [
        [("message", REMINDER)],
        [("message", "Fix the\nferry")],
        [
            ("reasoning", "I look."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("result", "no"),
        ],
        [("message", "So far: looked.")],
        [("message", "Only for the model")],
        [("message", "Done.")],
    ]
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.ERROR),
        (StepSource.SYSTEM, StepFlag.COMPACTION),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.AGENT, StepFlag.NONE),
    ]
    account = source.account.sums()
    assert dict(account.unknown) == {"a line of type hologram": 1}
    assert ("bookkeeping: todo_state", 1) in account.passed_over


def test_the_settings_beside_give_the_model_and_the_sums(tmp_path: Path) -> None:
    usage = {"inputTokens": 100, "outputTokens": 7, "cacheReadTokens": 50, "cacheCreationTokens": 3}
    settings = {"model": "m-1", "autonomyMode": "normal", "tokenUsage": usage}
    (tmp_path / "d401.jsonl").write_bytes(jsonl(*DROID))
    (tmp_path / "d401.settings.json").write_text(json.dumps(settings))
    with open_memory(tmp_path / "m.hpm", create=True) as memory:
        report = memory.import_paths([tmp_path / "d401.jsonl", tmp_path / "d401.settings.json"])
        assert report.episodes_added == 1
        (episode,) = memory.episodes.get(memory.episodes.find(EpisodeQuery()).window(0, 2))
    assert (episode.model, episode.tokens_in, episode.tokens_out) == ("m-1", 153, 7)


def test_a_streams_last_text_is_told_once() -> None:
    draft, steps = read_one(memory_source(jsonl(*DROID_STREAM)))
    assert (draft.format, draft.key, draft.model) == ("droid", "d402", "m-1")
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [("call", '{"command": "ls"}'), ("result", "a.py")],
        [("message", "Done.")],
    ]
    other = {**DROID_STREAM[-1], "finalText": "All done."}
    _, steps = read_one(memory_source(jsonl(*DROID_STREAM[:-1], other)))
    assert shown(steps)[-1] == [("message", "All done.")]


def test_calls_of_a_stream_may_have_only_ids_of_their_own() -> None:
    call = {"type": "tool_call", "session_id": "d4", "id": "c1", "toolId": "Shell"}
    answer = {"type": "tool_result", "session_id": "d4", "id": "c1", "isError": True}
    lines = [call, {**answer, "error": {"message": "no"}}]
    _, steps = read_one(memory_source(jsonl(*lines)))
    assert shown(steps) == [[("call", ""), ("result", "no")]]
    assert steps[0].parts[0].name == "Shell" and steps[0].flags == StepFlag.ERROR


def test_a_stream_of_a_later_version_spells_its_id_otherwise_and_begins_with_its_tools() -> None:
    lines = [{**line, "sessionId": line["session_id"]} for line in DROID_STREAM]
    lines[0] |= {"subtype": "init", "tools": ["Execute"], "reasoning_effort": "off"}
    lines[-1]["usage"] = {"input_tokens": 9, "output_tokens": 4, "cache_read_input_tokens": 1}
    for line in lines:
        del line["session_id"]
    (draft, steps), (known, same) = (
        read_one(memory_source(jsonl(*each))) for each in (lines, DROID_STREAM)
    )
    assert (draft.format, draft.key, draft.cwd) == ("droid", "d402", known.cwd)
    assert shown(steps) == shown(same)
    assert (draft.tokens_in, draft.tokens_out, known.tokens_in) == (10, 4, None)


def test_a_session_that_ends_with_a_result_ends_when_that_came() -> None:
    until = next(index for index, line in enumerate(DROID) if "tool_result" in str(line)) + 1
    draft, _ = read_one(memory_source(jsonl(*DROID[:until])))
    assert draft.ended_at == micros(DROID[until - 1]["timestamp"])


def test_a_session_whose_first_line_was_lost_has_the_name_of_its_file() -> None:
    draft, steps = read_one(memory_source(jsonl(*DROID[1:]), "/h/.factory/sessions/-w/d401.jsonl"))
    assert (draft.key, len(steps)) == ("d401", 6)


def test_a_session_without_a_word_is_none() -> None:
    with pytest.raises(NothingToImport):
        read_all(memory_source(jsonl(DROID[0])))


def test_a_session_of_an_older_version_is_told_by_its_first_line() -> None:
    lines = [
        {"type": "session_start", "session": {"id": "d0", "title": "The ferry"}},
        {
            "type": "message",
            "id": "m1",
            "timestamp": "2026-05-04T08:00:00Z",
            "message": {
                "role": "assistant",
                "model": "m-1",
                "content": [
                    {"type": "tool_use", "id": "c1", "name": "Execute", "input": {}},
                    {"type": "tool_result", "tool_use_id": "c1", "content": "ropes"},
                ],
            },
        },
        {"type": "compaction_state", "summary": {"title": "So far", "body": "Looked."}},
    ]
    draft, steps = read_one(memory_source(jsonl(*lines)))
    assert (draft.key, draft.title, draft.model) == ("d0", "The ferry", "m-1")
    assert shown(steps) == [
        [("call", "{}"), ("result", "ropes")],
        [("message", "So far\n\nLooked.")],
    ]
