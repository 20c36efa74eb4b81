"""Sessions of Claude Code whose first 64 KB hold no line of a conversation as a whole."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.detect import detect
from hpm_engine.ingest.sources.source import SourceFile
from tests.support.cases import CASES

CASE = CASES / "26-bookkeeping-first"
SESSION = "fd000000-0000-4000-8000-000000000009"
Line = dict[str, Any]


def read(source: SourceFile) -> list[Any]:
    assert isinstance(detect(source), ClaudeCodeReader)
    return [(draft, list(draft.steps)) for draft in ClaudeCodeReader().read(source)]


def written(*lines: Line) -> SourceFile:
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return SourceFile(f"{SESSION}.jsonl", len(data), lambda: io.BytesIO(data))


@pytest.mark.parametrize("path", sorted(CASE.rglob("*.jsonl")), ids=lambda path: path.stem)
def test_both_are_read_as_claude_code(path: Path) -> None:
    ((draft, steps),) = read(SourceFile(str(path), path.stat().st_size, lambda: path.open("rb")))
    assert draft.task
    assert len(steps) >= 2


HEAD = {"parentUuid": None, "isSidechain": False}
TAIL = {"uuid": "u1", "timestamp": "2026-09-01T10:00:01.000Z", "sessionId": SESSION}
ATTACHMENT = {**HEAD, "attachment": {"type": "hook", "content": "x" * 95_000}, "type": "attachment"}
MODE = {"type": "mode", "mode": "normal", "sessionId": SESSION}
LAST_PROMPT = {"type": "last-prompt", "lastPrompt": "x", "sessionId": SESSION}
GO = {**HEAD, "type": "user", "message": {"role": "user", "content": "Mow"}, **TAIL}
SCREEN = {"type": "base64", "media_type": "image/png", "data": "A" * 90_000}
PICTURE = [{"type": "image", "source": SCREEN}, {"type": "text", "text": "Mow"}]
SEEN = {**HEAD, "type": "user", "message": {"role": "user", "content": PICTURE}, **TAIL}
SPOKEN = {"id": "m", "role": "assistant", "content": [{"type": "text", "text": "w " * 50_000}]}
SAID = {**HEAD, "message": SPOKEN, "type": "assistant", **TAIL, "uuid": "u0"}


@pytest.mark.parametrize(
    "lines",
    [
        [{**ATTACHMENT, **TAIL, "uuid": "a"}, GO],
        [MODE, {**ATTACHMENT, **TAIL, "uuid": "a"}, GO],
        [*[MODE] * 120, GO],
        [*[LAST_PROMPT] * 2_000, GO],
        [SEEN],
        [MODE, SEEN],
        [SAID, GO],
    ],
    ids=["attachment", "mode and attachment", "modes", "prompts", "screen", "both", "agent"],
)
def test_whatever_stands_first_the_session_is_read(lines: list[Line]) -> None:
    ((draft, _),) = read(written(*lines))
    assert (draft.key, draft.task) == (SESSION, "Mow")
