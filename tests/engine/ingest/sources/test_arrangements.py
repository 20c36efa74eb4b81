"""A session's records, however a file arranges them: lists, indented, framed, on one line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from tests.support.cases import CASES

CLAUDE = CASES / "48-json-array-of-lines" / "catted.jsonl"
[GEMINI] = (CASES / "31-gemini-session-context" / "tmp").rglob("*.jsonl")
CODEX = CASES / "02-codex-fork" / "rollout-parent.jsonl"
Records = list[dict[str, Any]]


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def indented(value: Any) -> str:
    return json.dumps(value, indent=2)


def joined(between: str) -> Callable[[Records], str]:
    return lambda records: between.join(map(compact, records)) + "\n"


ARRANGEMENTS: dict[str, Callable[[Records], str]] = {
    "a list": compact,
    "a list, a line each": lambda r: "[\n" + ",\n".join(map(compact, r)) + "\n]\n",
    "a list, commas first": lambda r: "[ " + "\n, ".join(map(compact, r)) + "\n]\n",
    "an indented list": indented,
    "a mark of byte order": lambda r: "\ufeff" + indented(r),
    "a comma too many": lambda r: "[\n" + "".join(f"{compact(x)},\n" for x in r) + "]\n",
    "a comma too many, indented": lambda r: indented(r).removesuffix("\n]") + ",\n]\n",
    "an indented list that is cut": lambda r: indented(r).removesuffix("\n]"),
    "two lists": lambda r: compact(r[:2]) + "\n" + compact(r[2:]) + "\n",
    "two indented lists": lambda r: indented(r[:2]) + "\n" + indented(r[2:]) + "\n",
    "a list of lists": lambda r: compact([r[:2], r[2:]]),
    "a list on each line": lambda r: "".join(compact([x]) + "\n" for x in r),
    "indented records": lambda r: "\n".join(map(indented, r)) + "\n",
    "record separators": lambda r: "".join(f"\x1e{compact(x)}\n" for x in r),
    "a stream of events": lambda r: "".join(f"data: {compact(x)}\n\n" for x in r),
    "one line": joined(""),
    "one line, with commas": joined(","),
    "one line, with blanks": joined("  "),
    "bare carriage returns": joined("\r"),
}


def sessions(text: str) -> list[tuple[str, str, list[list[str]]]]:
    """Format, key and texts of each session."""
    data = text.encode()
    source = SourceFile("made.json", len(data), lambda: io.BytesIO(data))
    reader = detect(source)
    assert not isinstance(reader, NotATrace), reader.reason
    return [
        (reader.format, draft.key, [[part.text for part in s.parts] for s in draft.steps])
        for draft in reader.read(source)
    ]


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize("case", [CLAUDE, CODEX, GEMINI], ids=("claude", "codex", "gemini"))
def test_every_record_is_read(case: Path, arrangement: str) -> None:
    lines = case.read_text()
    text = ARRANGEMENTS[arrangement]([json.loads(line) for line in lines.splitlines()])
    assert sessions(text) == sessions(lines)


@pytest.mark.parametrize(
    "value",
    [
        [{"sessionId": "x", "messageId": 0, "type": "user", "message": "hi"}] * 2,
        {"payload": [{"type": "message", "text": "hi"}]},
        [[{"payload": {"id": 1}, "type": "event"}]],
    ],
)
def test_what_looks_alike_is_not_taken_for_one(value: Any) -> None:
    for data in (indented(value).encode(), compact(value).encode() + b"\n"):
        reader = detect(SourceFile("made.json", len(data), lambda data=data: io.BytesIO(data)))
        assert isinstance(reader, NotATrace) or reader.format not in ("claude-code", "codex")
