"""Tool results of every kind of content: shown, as written where the kind is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hpm_engine.ingest.claude_code.reader import ClaudeCodeReader
from hpm_engine.ingest.codex.output import output_text
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.episodes import PartKind
from tests.support.cases import CASES

CASE = CASES / "47-result-kinds"


def results(path: Path) -> list[str]:
    source = SourceFile(str(path), path.stat().st_size, lambda: path.open("rb"))
    ((_, steps),) = [(draft, list(draft.steps)) for draft in ClaudeCodeReader().read(source)]
    return [p.text for step in steps for p in step.parts if p.kind is PartKind.RESULT]


def shown(tmp_path: Path, *contents: Any, twin: Any = None) -> list[str]:
    number = CASE / "number.jsonl"
    lines = [json.loads(line) for line in number.read_text().splitlines()]
    lines[2]["message"]["content"] = [
        {"type": "tool_result", "tool_use_id": f"t{number}", "content": content}
        for number, content in enumerate(contents, 1)
    ]
    if twin is not None:
        lines[2]["toolUseResult"] = twin
    path = tmp_path / "made.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return results(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nested", "needle words"),
        ("number", "42"),
        (
            "object",
            '{"callId":"t1","responseParts":{"functionResponse":'
            '{"response":{"output":"needle words"}}}}',
        ),
        ("resource", "a:b\nneedle words"),
    ],
)
def test_what_a_result_holds_is_shown(name: str, text: str) -> None:
    assert results(CASE / f"{name}.jsonl") == [text]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            [{"type": "json", "json": {"hay": "needle"}}],
            '{"type": "json", "json": {"hay": "needle"}}',
        ),
        (
            [
                {
                    "type": "search_result",
                    "source": "https://barn.example",
                    "title": "Barn",
                    "content": [{"type": "text", "text": "needle"}],
                }
            ],
            "Barn\nhttps://barn.example\nneedle",
        ),
        ({"type": "text", "text": "needle"}, "needle"),
        (["needle", {"type": "text", "text": "in hay"}], "needle\nin hay"),
        ([["hay"], [["needle"]]], "hay\nneedle"),
        (True, "true"),
        ([1, None, 2.5], "1\n\n2.5"),
        (
            [{"type": "of-tomorrow", "words": "needle"}],
            '{"type": "of-tomorrow", "words": "needle"}',
        ),
        ({}, "{}"),
        (
            [{"type": "resource", "resource": {"uri": "a:b", "blob": "QUJD" * 100}}],
            "a:b [resource, 300 bytes]",
        ),
        ([{"type": "tool_reference", "tool_name": "Mow"}], "[tool_reference Mow]"),
        (None, ""),
        ([], ""),
        ("", ""),
        (
            [{"type": "document", "source": {"type": "text", "data": "needle"}}],
            "needle",
        ),
        (
            [
                {
                    "type": "document",
                    "source": {"type": "content", "content": [{"type": "text", "text": "needle"}]},
                }
            ],
            "needle",
        ),
    ],
)
def test_results_of_every_kind(tmp_path: Path, content: Any, text: str) -> None:
    assert shown(tmp_path, content) == [text]


@pytest.mark.parametrize(
    ("twin", "text"),
    [
        ({"stdout": "needle", "stderr": "", "interrupted": False}, "needle"),
        ({"stdout": "needle", "stderr": "hay"}, "needle\nhay"),
        ("Error: needle", "Error: needle"),
        ({"stdout": "", "stderr": ""}, ""),
        ({"stdout": {"odd": 1}, "stderr": "needle"}, "needle"),
        ([1, 2], "1\n2"),
        ({"content": [{"type": "text", "text": "needle"}]}, "needle"),
        ([{"type": "text", "text": "needle"}], "needle"),
        ({"structuredContent": {"hay": "needle"}}, '{"hay": "needle"}'),
    ],
)
def test_what_stands_beside_an_empty_result_is_shown(tmp_path: Path, twin: Any, text: str) -> None:
    for content in ("", [], None):
        assert shown(tmp_path, content, twin=twin) == [text]
    assert shown(tmp_path, "done", twin=twin) == ["done"]


def test_what_stands_beside_two_results_is_no_ones(tmp_path: Path) -> None:
    assert shown(tmp_path, "", "", twin={"stdout": "needle"}) == ["", ""]


def test_lists_as_deep_as_they_like_are_shown(tmp_path: Path) -> None:
    content: Any = "needle"
    for _ in range(300):
        content = [content]
    (text,) = shown(tmp_path, content)
    assert "needle" in text


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ('[[{"type":"text","text":"needle"}],"hay"]', "needle\nhay"),
        (
            '[{"type":"json","data":{"hay":"needle"}},7]',
            '{"type":"json","data":{"hay":"needle"}}\n7',
        ),
        ('{"content":{"hay":"needle"}}', '{"hay":"needle"}'),
        ("[" * 300 + '"needle"' + "]" * 300, "[" * 291 + '"needle"' + "]" * 291),
    ],
)
def test_outputs_of_codex_of_every_kind(output: str, text: str) -> None:
    assert output_text(msgspec.Raw(output.encode())) == (text, False)
