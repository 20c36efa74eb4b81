from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.episodes import StepSource
from tests.support.files.trace_sources import DOCUMENTS, document, memory_source

FORMATS = {"mini": "mini-swe-agent", "swe": "swe-agent", "tau": "tau-bench", "atif": "atif"}


def reason(source: SourceFile) -> str:
    verdict = detect(source)
    assert isinstance(verdict, NotATrace)
    return verdict.reason


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.png", "noname"])
def test_the_content_decides_and_never_the_name(kind: str, name: str) -> None:
    assert detect(document(DOCUMENTS[kind], name)).format == FORMATS.get(
        kind, kind.partition(" ")[0]
    )  # type: ignore[union-attr]


def test_the_web_export_of_claude_code_is_its_readers() -> None:
    lines = [{"type": "user", "timestamp": "2025-01-01T00:00:00Z", "message": {"content": "Hi"}}]
    assert detect(document({"loglines": lines})).format == "claude-code"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"SQLite format 3\0....", "SQLite"),
        (b"\x01\x02\0\0\x03", "binary"),
        (b"Dear diary,\ntoday", "plain text"),
        (b"a,b,c\n1,2,3\n", "CSV"),
        (b'who,what\nann,"came, saw"\nbob,left\n\n', "CSV"),
        (b"a;b\n1;2\n3;4\n", "CSV"),
        (b"Dear Ann, Bob, and Carl\nwe met, as said, today\n", "plain text"),
        (b"so,it,goes\non,and,on\nuntil it ends.\n", "plain text"),
        (b"instance_id,resolved\nx,True\n", "labels file"),
        (b"caf\xe9 au lait\n", "byte 3"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b"\x1b[0mls\r\n", "Console text"),
        (b"[" * 5000, "nested"),
    ],
)
def test_what_is_no_trace_says_what_it_is(data: bytes, word: str) -> None:
    assert word in reason(memory_source(data))


def test_a_training_export_is_set_aside_however_long_its_conversations_are() -> None:
    turns = [{"role": "user", "content": "x" * 100_000}]
    export = [{"conversations": turns, "agent": "a", "trial_name": "t", "episode": "episode-0"}]
    assert "training export" in reason(document(export))


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({"id": "c", "agent": {}, "workspace": {}}, "OpenHands conversation's settings"),
        ({"trial_name": "t", "is_resolved": True}, "console log beside"),
        ({"mode": "full_duplex", "ticks": []}, "tau2 simulation without text"),
        ({"name": "x", "version": "1"}, "without a conversation (it holds name, version)"),
        ([], "without content"),
    ],
)
def test_formats_that_are_not_read_yet_are_named(value: Any, word: str) -> None:
    assert word in reason(document(value))


def test_every_real_file_is_read_or_has_a_reason(data: Path) -> None:
    folders = [path for path in sorted(data.iterdir()) if path.name not in _READ_ELSEWHERE]
    seen = 0
    for source in walk(folders):
        seen += 1
        if not isinstance(source, SourceFile):
            assert source.aside and source.reason.endswith("."), source
            continue
        reader = detect(source)
        if isinstance(reader, NotATrace):
            assert reader.reason.endswith(".")
            continue
        try:
            for episode in reader.read(source):
                assert episode.key
                for step in episode.steps:
                    # A reply may have been broken off before its first word.
                    assert step.parts or step.source is StepSource.AGENT
        except CannotImport as error:
            assert source.name in str(error)
    assert seen > 300


_READ_ELSEWHERE = {"mini-swe-agent-gemini3pro", "swe-agent-v1", "terminal-bench-mini-logs"}
