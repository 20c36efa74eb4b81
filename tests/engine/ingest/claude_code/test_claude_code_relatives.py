"""Files that are Claude Code's though they look otherwise, and those that only look like it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.episodes import PartKind
from tests.support.cases import CASES

Line = dict[str, Any]
AT = "2026-09-01T10:00:01.000Z"


def source(*lines: Line) -> SourceFile:
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return SourceFile("made.jsonl", len(data), lambda: io.BytesIO(data))


def read(*lines: Line) -> list[tuple[Any, list[Any]]]:
    log = source(*lines)
    assert isinstance(detect(log), ClaudeCodeReader)
    return [(draft, list(draft.steps)) for draft in ClaudeCodeReader().read(log)]


def qwen(kind: str, **more: Any) -> Line:
    return {
        "uuid": "u",
        "parentUuid": None,
        "sessionId": "q",
        "timestamp": AT,
        "type": kind,
        **more,
    }


PARTS = {"role": "user", "parts": [{"text": "Mow the meadow"}]}
REPLY = {"role": "model", "parts": [{"text": "Mown."}]}
PAYLOAD = {"uiEvent": {"event.name": "qwen-code.api_response"}}


@pytest.mark.parametrize(
    "lines",
    [
        [qwen("user", message=PARTS), qwen("assistant", message=REPLY)],
        [qwen("system", systemPayload=PAYLOAD), qwen("user", message=PARTS)],
        [qwen("user", message={"role": "user", "parts": [{"text": "hay " * 30_000}]})],
        [qwen("user", provenance="real_user", message=PARTS), qwen("tool_result", message=PARTS)],
    ],
)
def test_qwen_code_is_not_taken_for_claude_code(lines: list[Line]) -> None:
    verdict = detect(source(*lines))
    assert not isinstance(verdict, NotATrace) and verdict.format == "qwen-code"


def init(**more: Any) -> Line:
    head = {"type": "system", "subtype": "init", "cwd": "/home/ada/barn", "session_id": "s-1"}
    return {**head, "tools": ["Bash"], "mcp_servers": [], "model": "sonnet", **more}


def reply(message: str, *content: Line, **more: Any) -> Line:
    usage = {"input_tokens": 10, "output_tokens": 2}
    body = {"id": message, "type": "message", "role": "assistant", "model": "sonnet"}
    body |= {"content": list(content), "usage": usage}
    line = {"type": "assistant", "message": body, "parent_tool_use_id": None, "session_id": "s-1"}
    return {**line, "uuid": f"u-{message}", **more}


def given(content: Any, **more: Any) -> Line:
    message = {"role": "user", "content": content}
    return {"type": "user", "message": message, "session_id": "s-1", **more}


CALL = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "mow"}}
RESULT = [{"type": "tool_result", "tool_use_id": "t1", "content": ""}]
STREAM = [
    init(),
    reply("m1", CALL),
    given(RESULT, tool_use_result={"stdout": "mown", "stderr": ""}),
    reply("m2", {"type": "text", "text": "Done."}),
    {"type": "result", "subtype": "success", "result": "Done.", "session_id": "s-1"},
]


@pytest.mark.parametrize("begin", [0, 1])
def test_a_stream_of_claude_is_a_session(begin: int) -> None:
    ((draft, steps),) = read(*STREAM[begin:])
    assert draft.key == "s-1"
    assert draft.project == ("" if begin else "barn")
    parts = [(part.kind, part.text) for step in steps for part in step.parts]
    assert parts[1:] == [(PartKind.RESULT, "mown"), (PartKind.MESSAGE, "Done.")]
    assert sum(step.tokens_in or 0 for step in steps) == 20


def test_a_streams_subagent_is_an_episode_of_its_own() -> None:
    side = given([{"type": "text", "text": "Count the hay"}], parent_tool_use_id="t1")
    answer = reply("m9", {"type": "text", "text": "Nine."}, parent_tool_use_id="t1")
    (main, _), (child, _) = read(init(), given("Mow"), reply("m1", CALL), side, answer)
    assert (main.task, child.task, child.parent_key) == ("Mow", "Count the hay", "s-1")


@pytest.mark.parametrize(
    "lines",
    [
        [init(qwen_code_version="0.9"), *STREAM[1:]],
        [
            {"type": "system", "subtype": "init", "session_id": "c", "cwd": "/", "model": "m"},
            given([{"type": "text", "text": "Mow"}]),
            {"type": "assistant", "session_id": "c", "message": {"role": "assistant"}},
        ],
    ],
)
def test_streams_of_other_agents_are_not_claudes(lines: list[Line]) -> None:
    assert not ClaudeCodeReader().recognises(source(*lines))


def spoken(uuid: str, session: str = "s-1") -> Line:
    line = {"type": "user", "uuid": uuid, "sessionId": session, "timestamp": AT}
    return {**line, "message": {"role": "user", "content": "Mow"}}


def summary(text: str, leaf: str) -> Line:
    return {"type": "summary", "summary": text, "leafUuid": leaf}


def test_a_summary_names_the_session_that_it_is_of() -> None:
    ai = {"type": "ai-title", "sessionId": "s-1", "aiTitle": "Hay"}
    custom = {"type": "custom-title", "sessionId": "s-1", "customTitle": "Barn"}
    lines = [summary("Meadow", "u1"), summary("Another's", "u9"), spoken("u1")]
    assert read(*lines)[0][0].title == "Meadow"
    assert read(*lines, summary("", "u1"))[0][0].title == "Meadow"
    assert read(*lines, ai)[0][0].title == "Hay"
    assert read(*lines, ai, custom)[0][0].title == "Barn"
    assert read(spoken("u1"), summary("Late", "u1"))[0][0].title == "Late"
    assert read(summary("Another's", "u9"), spoken("u1"))[0][0].title == ""


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("name", ["stream", "session"])
def test_a_list_of_lines_is_a_session(name: str, indent: int | None) -> None:
    session = [spoken("u1"), {**reply("m1", CALL), "sessionId": "s-1"}]
    data = json.dumps(STREAM if name == "stream" else session, indent=indent).encode()
    log = SourceFile("log.json", len(data), lambda: io.BytesIO(data))
    assert isinstance(detect(log), ClaudeCodeReader)
    ((draft, steps),) = [(draft, list(draft.steps)) for draft in ClaudeCodeReader().read(log)]
    assert (draft.key, len(steps)) == ("s-1", 2)


@pytest.mark.parametrize(("path", "count"), [("line-each.json", 4), ("pretty.json", 2)])
def test_the_lists_of_the_case_are_read_whole(path: str, count: int) -> None:
    listed = CASES / "48-json-array-of-lines" / path
    log = SourceFile(path, listed.stat().st_size, lambda: listed.open("rb"))
    assert isinstance(detect(log), ClaudeCodeReader)
    ((draft, steps),) = [(draft, list(draft.steps)) for draft in ClaudeCodeReader().read(log)]
    assert draft.task
    assert len(steps) == count
