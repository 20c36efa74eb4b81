from __future__ import annotations

from pathlib import Path

import pytest
import zstandard

from hpm_engine.errors import NothingToImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.files.line_sources import jsonl
from tests.support.files.other_agents import DEEPSEEK
from tests.support.files.trace_sources import memory_source, read_all, read_one, shown


def test_events_are_put_in_order_and_pieces_passed_over() -> None:
    source = memory_source(jsonl(*DEEPSEEK))
    draft, steps = read_one(source)
    assert (draft.format, draft.key, draft.title) == ("deepseek-harness", "d53", "The ferry")
    assert (draft.model, draft.cwd) == ("m-1", "/home/mira/ferry")
    assert (draft.started_at, draft.ended_at) == (1777881599_000000, 1777881609_000000)
    assert shown(steps) == [
        [("message", "Fix the ferry")],
        [("message", "Sandbox: none")],
        [
            ("reasoning", "Hm."),
            ("message", "I look."),
            ("call", '{"command": "ls"}'),
            ("result", "no"),
        ],
        [("message", "Done.")],
    ]
    assert [(step.source, step.flags) for step in steps] == [
        (StepSource.USER, StepFlag.NONE),
        (StepSource.USER, StepFlag.INJECTED),
        (StepSource.AGENT, StepFlag.ERROR),
        (StepSource.AGENT, StepFlag.NONE),
    ]
    assert (steps[2].tokens_in, steps[2].tokens_out) == (150, 7)
    passed = dict(source.account.sums().passed_over)
    assert passed["a piece of a message as it streams"] == 2


def test_a_reply_that_was_broken_off_is_what_had_streamed() -> None:
    end = {"type": "turn/end", "seq": 6, "time": 1777881606000, "data": {"turn": 1}}
    lines = [line for line in DEEPSEEK if line.get("seq", 0) < 6]
    _, steps = read_one(memory_source(jsonl(*lines, end)))
    assert shown(steps)[-1] == [("message", "I look.")]
    assert steps[-1].flags == StepFlag.INTERRUPTED


def test_a_packed_session_is_read_to_its_last_frame(tmp_path: Path) -> None:
    folder = tmp_path / "d53"
    folder.mkdir()
    frames = (zstandard.compress(jsonl(line)) for line in DEEPSEEK)
    (folder / "session.jsonl.zstd").write_bytes(b"".join(frames))
    (source,) = walk([tmp_path])
    assert isinstance(source, SourceFile)
    _, steps = read_one(source)
    assert len(steps) == 4


def test_a_delegated_session_names_its_parent_and_its_task_is_a_prompt() -> None:
    head = {**DEEPSEEK[0], "delegationDepth": 1, "parent": {"sessionId": "d52"}}
    task = {**DEEPSEEK[2], "data": {"content": "Count", "source": {"kind": "delegation"}}}
    draft, steps = read_one(memory_source(jsonl(head, task)))
    assert (draft.parent_key, shown(steps)) == ("d52", [[("message", "Count")]])
    assert not steps[0].flags


def test_a_session_without_a_word_is_none() -> None:
    with pytest.raises(NothingToImport):
        read_all(memory_source(jsonl(DEEPSEEK[0])))


def test_a_call_may_have_a_line_of_its_own_only_and_is_never_told_twice() -> None:
    message = next(line for line in DEEPSEEK if line.get("type") == "assistant/message")
    said = {"role": "assistant", "content": [{"type": "text", "text": "I look."}]}
    bare = {**message, "data": {**message["data"], "message": said}}
    call = {"callId": "c1", "name": "bash", "arguments": '{"command": "ls"}'}
    line = {"type": "tool/call", "seq": message["seq"], "time": 1777881604000, "data": call}
    index = DEEPSEEK.index(message)
    told = [[*DEEPSEEK[:index], one, line, *DEEPSEEK[index + 1 :]] for one in (message, bare)]
    for lines in told:
        _, steps = read_one(memory_source(jsonl(*lines)))
        assert shown(steps)[2][-2:] == [("call", '{"command": "ls"}'), ("result", "no")]
        assert sum(kind == "call" for step in shown(steps) for kind, _ in step) == 1
