from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.kimi_lines import KIMI_CLI, KIMI_CODE, event, message
from tests.support.files.line_sources import jsonl
from tests.support.files.trace_sources import memory_source, read_all, read_one, shown

WIRE = "/h/.kimi-code/sessions/wd_ferry_1/session_5e/agents/{}/wire.jsonl"


def test_pieces_of_a_step_are_one_step() -> None:
    source = memory_source(jsonl(*KIMI_CODE), WIRE.format("main"))
    draft, steps = read_one(source)
    assert (draft.format, draft.key, draft.parent_key) == ("kimi-code", "session_5e", "")
    assert (draft.cwd, draft.model, draft.task) == ("/home/mira/ferry", "moon/k2", "Fix the ferry")
    assert (draft.started_at, draft.ended_at) == (1777881600_000000, 1777881617_000000)
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [("message", "<system-reminder>Use the list.</system-reminder>")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("result", "no"),
        ],
        [("message", "Done.")],
        [("message", "So far: looked.")],
        [],
    ]
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.NONE),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.AGENT, StepFlag.ERROR),
        (StepSource.AGENT, StepFlag.NONE),
        (StepSource.SYSTEM, StepFlag.COMPACTION),
        (StepSource.AGENT, StepFlag.INTERRUPTED),
    ]
    spent = [(step.tokens_in, step.tokens_out) for step in steps if step.tokens_in]
    assert spent == [(153, 7), (9, 1)], "each once, that of the compaction too"


def test_another_agent_of_a_session_is_its_child() -> None:
    lines = [message(1, "Count", kind="system_trigger"), *KIMI_CODE[5:9]]
    draft, steps = read_one(memory_source(jsonl(*lines), WIRE.format("agent-0")))
    assert (draft.key, draft.parent_key) == ("session_5e/agent-0", "session_5e")
    assert [step.flags for step in steps] == [StepFlag.INJECTED, StepFlag.UNANSWERED]


def test_pieces_without_ids_belong_to_their_turn() -> None:
    lines = [
        message(1, "Go"),
        event(2, "content.part", turnId="0", step=1, part={"type": "text", "text": "One"}),
        event(3, "tool.call", toolName="Bash", callId="c1", input={"command": "ls"}),
        message(4, "On"),
        event(5, "content.part", turnId="1", step=1, part={"type": "text", "text": "Two"}),
    ]
    _, steps = read_one(memory_source(jsonl(*lines)))
    assert shown(steps) == [
        [("message", "Go")],
        [("message", "One"), ("call", '{"command": "ls"}')],
        [("message", "On")],
        [("message", "Two")],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_state_above_gives_title_and_folder(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "session_5e" / "agents" / "main"
    folder.mkdir(parents=True)
    (folder / "wire.jsonl").write_bytes(jsonl(*KIMI_CODE))
    state = {"title": "The ferry", "isCustomTitle": True, "agents": {}, "workDir": "/elsewhere"}
    (tmp_path / "session_5e" / "state.json").write_text(json.dumps(state), encoding=encoding)
    sources = [source for source in walk([tmp_path]) if source.name.endswith(".jsonl")]
    assert isinstance(sources[0], SourceFile)
    draft, _ = read_one(sources[0])
    assert (draft.title, draft.cwd) == ("The ferry", "/home/mira/ferry")


def test_a_context_of_kimi_cli() -> None:
    source = memory_source(jsonl(*KIMI_CLI), "/h/.kimi/sessions/0f/5e51/context.jsonl")
    draft, steps = read_one(source)
    assert (draft.format, draft.key, draft.task) == ("kimi-legacy", "5e51", "Fix the ferry")
    assert shown(steps) == [
        [("message", "<system>CHECKPOINT 0</system>")],
        [("message", "Fix the ferry")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"c":1}'),
            ("result", "<system>ERROR: no</system>"),
        ],
        [("message", "Done.")],
    ]
    assert [step.flags for step in steps] == [
        StepFlag.INJECTED,
        StepFlag.NONE,
        StepFlag.ERROR,
        StepFlag.NONE,
    ]
    assert all(step.at is None for step in steps)


def test_a_wire_of_kimi_cli_is_said_to_be_only_marks() -> None:
    lines = [
        {"protocol_version": 1, "type": "hello"},
        {"timestamp": 1770000000.0, "message": {"type": "TurnBegin"}},
    ]
    with pytest.raises(NothingToImport, match="context"):
        read_all(memory_source(jsonl(*lines)))


def test_tokens_that_stand_behind_the_turn_are_those_of_its_last_step() -> None:
    lines = [
        message(1, "Go"),
        event(2, "content.part", turnId="0", step=1, part={"type": "text", "text": "One"}),
        message(3, "Again"),
        {
            "type": "usage.record",
            "usage": {"inputOther": 4, "output": 2, "inputCacheRead": 8},
            "usageScope": "turn",
        },
    ]
    _, steps = read_one(memory_source(jsonl(*lines), WIRE.format("main")))
    assert [step.tokens_in for step in steps] == [None, 12, None]
    assert steps[1].tokens_out == 2
