"""A format is known however much stands before its marks: long prompts, bookkeeping, odd keys."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from tests.support.files.agent_files import GEMINI, OPENHANDS, OPENHANDS_SDK, json_lines
from tests.support.files.claude_code_lines import agent, said, user
from tests.support.files.span_files import SPANS
from tests.support.files.trace_sources import DOCUMENTS, chat, memory_source

LONG = "x" * 100_000
TEXTS = ("content", "text", "value", "thought", "query", "observation", "message")
CHAT = {"messages": chat(("user", "Go"), ("assistant", "Gone"), ("user", "Back"))}
SHAREGPT = {"conversations": [{"from": "human", "value": "Go"}, {"from": "gpt", "value": "Gone"}]}
KINDS: dict[str, Any] = DOCUMENTS | SPANS | {"chat": CHAT, "chat sharegpt": SHAREGPT}
NAMES = {"mini": "mini-swe-agent", "swe": "swe-agent", "tau": "tau-bench"}

CODEX = [
    {"timestamp": "t", "type": "session_meta", "payload": {"id": "c", "cwd": "/w"}},
    {
        "timestamp": "t",
        "type": "response_item",
        "payload": {"type": "message", "role": "user", "content": [{"text": "Go"}]},
    },
]
EVENT = {"_type": "log", "body": "claude_code.user_prompt", "attrs": {"session.id": "s"}}
LINES: dict[str, list[Any]] = {
    "claude-code": [user("Go"), agent(said("Gone"))],
    "codex": CODEX,
    "gemini-cli": [GEMINI | {"messages": None}, *GEMINI["messages"]],
    "openhands": OPENHANDS,
    "openhands sdk": OPENHANDS_SDK,
    "openhands evaluation": [{"instance_id": "a__b-1", "history": OPENHANDS}],
    "otel-events": [EVENT],
    "langsmith": SPANS["langsmith"],
    "otlp": [SPANS["otlp"]],
    "chat": [CHAT],
    "messages": [SPANS["messages"]],
}


def format_of(source: SourceFile) -> str:
    reader = detect(source)
    return f"none: {reader.reason}" if isinstance(reader, NotATrace) else reader.format


def lengthened(value: Any) -> bool:
    """Make the first text of the value a long one."""
    if isinstance(value, dict):
        for key in value:
            if key in TEXTS and isinstance(value[key], str):
                value[key] += LONG
                return True
        return any(lengthened(inner) for inner in value.values())
    return isinstance(value, list) and any(lengthened(inner) for inner in value)


def backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["as written", "backwards"])
def test_a_long_first_text_hides_no_format(kind: str, order: str) -> None:
    value = copy.deepcopy(KINDS[kind])
    if order == "backwards":
        value = backwards(value)
    lengthened(value)
    expected = NAMES.get(kind, kind.partition(" ")[0])
    assert format_of(memory_source(json.dumps(value).encode())) == expected
    assert format_of(memory_source(json.dumps(value, indent=1).encode())) == expected


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "intercode"])
def test_a_long_key_in_front_hides_no_format(kind: str) -> None:
    value = copy.deepcopy(KINDS[kind])
    if isinstance(value, list):
        value[0] = {"notes": LONG, **value[0]}
    else:
        value = {"notes": LONG, **value}
    expected = NAMES.get(kind, kind.partition(" ")[0])
    assert format_of(memory_source(json.dumps(value).encode())) == expected


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize(
    "first",
    [
        [{"type": "note", "note": LONG}],
        [{"type": "note", "number": number} for number in range(150)],
        [{"type": "note", "note": {"messages": [LONG]}}] * 2,
    ],
    ids=["a long line", "many lines", "two long lines"],
)
def test_bookkeeping_in_front_hides_no_format(kind: str, first: list[Any]) -> None:
    source = memory_source(json_lines([*first, *LINES[kind]]))
    assert format_of(source) == kind.partition(" ")[0]


@pytest.mark.parametrize("kind", LINES)
def test_a_long_first_line_hides_no_format(kind: str) -> None:
    lines = copy.deepcopy(LINES[kind])
    if not lengthened(lines):
        lines[0]["notes"] = LONG
    source = memory_source(json_lines([backwards(lines[0]), *lines[1:]]))
    assert format_of(source) == kind.partition(" ")[0]


CONSOLES = {
    "aider": "# aider chat started at 2025-01-01 10:00:00\n\n#### Go\n\nGone\n",
    "claude-code-screen": "> Go\n\n⏺ Bash(ls)\n  ⎿  a.py\n",
    "gemini-cli-screen": "> Go\n\n │ ✔  Shell ls │\n\n✦ Gone\n",
    "mini-swe-agent-console": "mini-swe-agent (step 1, $0.01):\n\nI look.\n",
}


@pytest.mark.parametrize("kind", CONSOLES)
@pytest.mark.parametrize("first", ["", "make: nothing to be done\n" * 5_000])
def test_other_output_in_front_hides_no_console(kind: str, first: str) -> None:
    assert format_of(memory_source((first + CONSOLES[kind]).encode())) == kind


def test_a_mark_is_found_where_two_blocks_meet() -> None:
    mark = "# aider chat started at 2025-01-01 10:00:00\n\n#### Go\n"
    for before in range(1024 * 1024 - 20, 1024 * 1024 + 2, 3):
        assert format_of(memory_source(("x" * before + "\n" + mark).encode())) == "aider"


def test_a_damaged_document_is_known_by_what_its_head_has() -> None:
    cut = json.dumps({**DOCUMENTS["who-and-when"], "more": LONG}).encode()[:-10]
    assert format_of(memory_source(cut)) == "who-and-when"


def test_a_small_source_is_opened_once_to_be_known_and_read() -> None:
    data = json_lines(LINES["claude-code"])
    opened: list[int] = []

    def open_() -> io.BytesIO:
        opened.append(1)
        return io.BytesIO(data)

    source = SourceFile("session.jsonl", len(data), open_)
    reader = detect(source)
    assert not isinstance(reader, NotATrace)
    assert [list(episode.steps) for episode in reader.read(source)]
    assert len(opened) == 1
