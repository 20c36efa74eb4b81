from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine.errors import NotFound
from hpm_engine.evaluation.format_coverage import FormatCoverage

TALK = [{"role": "user", "content": "Fix it"}, {"role": "assistant", "content": "Fixed."}]


def test_episodes_stand_beside_the_expected_ones_and_refusals_are_told(tmp_path: Path) -> None:
    for folder, name, data in (
        ("mine", "talk.json", json.dumps(TALK)),
        ("mine", "torn.jsonl", '{"type": "user", "sessionId": "s1", "uuid": "u1", "mess\n' * 2),
        ("mine", "notes.txt", "milk, bread"),
        ("gemini-cli", "talk.json", json.dumps(TALK)),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(data)
    lines: list[str] = []
    results = FormatCoverage().run(tmp_path, lines.append).results
    assert (results["mine_episodes"].value, results["mine_episodes"].reference) == (1, None)
    assert results["mine_refused"].value == 1
    assert results["mine_failed"].value == 1
    assert (results["gemini-cli_episodes"].value, results["gemini-cli_episodes"].reference) == (
        1,
        2,
    )
    assert results["groups_wrong"].value == 1
    assert results["without_reason"].value == 0
    assert "mine: 1 x Not a trace: plain text." in lines


def test_a_group_that_is_counted_in_parts_is_measured_in_parts(tmp_path: Path) -> None:
    part = tmp_path / "otel-and-langfuse" / "langfuse-traces"
    part.mkdir(parents=True)
    (part / "talk.json").write_text(json.dumps(TALK))
    results = FormatCoverage().run(tmp_path, lambda line: None).results
    assert results["otel-and-langfuse/langfuse-traces_episodes"].reference == 16
    assert not any(name.startswith("otel-and-langfuse_") for name in results)


def test_it_needs_traces() -> None:
    with pytest.raises(NotFound, match="--data"):
        FormatCoverage().run(None, lambda line: None)
