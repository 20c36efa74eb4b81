from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.copilot_lines import COPILOT_CLI, event
from tests.support.files.line_sources import jsonl
from tests.support.files.trace_sources import memory_source, read_all, read_one, shown


def test_a_session_is_told_once_however_often_its_events_say_a_thing() -> None:
    (draft, steps), (child, asked) = read_all(memory_source(jsonl(*COPILOT_CLI)))
    assert (draft.format, draft.key, draft.model) == ("copilot-cli", "5e55", "m-1")
    assert (draft.cwd, draft.branch, draft.task) == ("/home/mira/ferry", "main", "Fix the ferry")
    assert shown(steps) == [
        [("message", "You are an agent.")],
        [("message", "Fix the ferry\n[file: /home/mira/ferry/a.py]")],
        [
            ("reasoning", "I look."),
            ("message", "I look."),
            ("call", '{"cmd": "ls"}'),
            ("call", '{"path":"a"}'),
            ("result", "a.py"),
            ("result", "no"),
        ],
        [("message", "<skill-context>Use tabs</skill-context>")],
        [("message", "Quota.")],
        [("message", "So far: looked.")],
        [("message", "Do"), ("message", "ne.")],
    ]
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.SYSTEM, StepFlag.INJECTED),
        (StepSource.USER, StepFlag.NONE),
        (StepSource.AGENT, StepFlag.ERROR),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.SYSTEM, StepFlag.INJECTED | StepFlag.ERROR),
        (StepSource.SYSTEM, StepFlag.COMPACTION),
        (StepSource.AGENT, StepFlag.INTERRUPTED),
    ]
    assert [step.tokens_out for step in steps if step.tokens_out] == [7, 3]
    assert (child.key, child.parent_key, child.title) == ("5e55/c3", "5e55", "explorer")
    assert (child.cwd, shown(asked)) == ("/home/mira/ferry", [[("message", "Two files.")]])


def test_pieces_of_a_stream_are_passed_over_and_its_last_line_names_the_session() -> None:
    pieces = [
        event(20, "assistant.message_delta", deltaContent="Do") | {"ephemeral": True},
        event(21, "session.skills_loaded", skills=[]) | {"ephemeral": True},
    ]
    end = {"type": "result", "timestamp": "2026-05-04T08:00:30Z", "sessionId": "5e56"}
    source = memory_source(jsonl(*pieces, *COPILOT_CLI[2:], end))
    (draft, steps), _ = read_all(source)
    assert (draft.key, draft.started_at, draft.ended_at) == (
        "5e56",
        1777881602_000000,
        1777881630_000000,
    )
    assert len(steps) == 6
    passed = dict(source.account.sums().passed_over)
    assert passed["a piece of an event as it streams"] == 2
    assert passed["bookkeeping: result"] == 1


def test_fields_that_were_blacked_out_cost_only_themselves() -> None:
    dark = "[REDACTED]"
    lines = [
        event(1, "user.message", content="Go", attachments=dark),
        event(2, "assistant.message", content="Gone", toolRequests=dark, outputTokens=dark),
        event(3, "tool.execution_complete", toolCallId="c", success=True, result=dark),
        {**event(4, "user.message"), "data": dark},
    ]
    _, steps = read_one(memory_source(jsonl(*lines)))
    assert shown(steps) == [[("message", "Go")], [("message", "Gone")], [("result", dark)]]


def test_an_unknown_event_is_said() -> None:
    source = memory_source(jsonl(*COPILOT_CLI, event(17, "hologram.shown", x=1)))
    read_all(source)
    assert dict(source.account.sums().unknown) == {"an event of type hologram.shown": 1}


def test_the_name_is_in_the_file_beside(tmp_path: Path) -> None:
    folder = tmp_path / "0123abcd-0123-4123-8123-0123456789ab"
    folder.mkdir()
    (folder / "events.jsonl").write_bytes(jsonl(*COPILOT_CLI[2:]))
    (folder / "workspace.yaml").write_text("id: x\ncwd: /home/mira/ferry\nsummary: The ferry\n")
    source, _ = walk([folder])
    assert isinstance(source, SourceFile)
    (draft, _), _ = read_all(source)
    assert (draft.key, draft.title, draft.cwd) == (folder.name, "The ferry", "/home/mira/ferry")


def test_a_session_without_a_word_is_none() -> None:
    with pytest.raises(NothingToImport):
        read_all(memory_source(jsonl(COPILOT_CLI[0])))


def test_events_that_have_only_a_time_are_a_session() -> None:
    lines = [
        {
            "type": "user.message",
            "data": {"content": "Fix it"},
            "timestamp": "2026-05-04T08:00:00Z",
        },
        {
            "type": "assistant.message",
            "data": {"content": "Fixed."},
            "timestamp": "2026-05-04T08:00:01Z",
        },
    ]
    draft, steps = read_one(memory_source(jsonl(*lines)))
    assert draft.format == "copilot-cli"
    assert shown(steps) == [[("message", "Fix it")], [("message", "Fixed.")]]
