from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.errors import CannotImport
from hpm_engine.evaluation.format_coverage import FormatCoverage
from hpm_engine.evaluation.zoo.judge import ZooVerdict, judged
from hpm_engine.evaluation.zoo.units import units
from tests.support.files.agent_databases import goose
from tests.support.files.real_zoo import wrong_units

TALK = "talkers/talk.jsonl"
ID = "0f4c2a7e-3a51-4b0e-9a59-6f3f0f9c1d01"


def line(number: int, kind: str, content: Any, **message: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "sessionId": ID,
        "uuid": f"u{number}",
        "parentUuid": f"u{number - 1}" if number else None,
        "cwd": "/home/mo/mill",
        "timestamp": f"2026-03-02T10:00:0{number}.500Z",
        "message": {"role": kind, "content": content, **message},
    }


LINES = [
    line(0, "user", "Count the sacks"),
    line(
        1,
        "assistant",
        [
            {"type": "text", "text": "I look into the store."},
            {"type": "tool_use", "id": "c1", "name": "Bash", "input": {"command": "ls sacks"}},
        ],
        id="m1",
        model="miller-1",
        usage={"input_tokens": 7, "output_tokens": 3, "cache_read_input_tokens": 20},
    ),
    line(2, "user", [{"type": "tool_result", "tool_use_id": "c1", "content": "no such folder"}]),
    line(
        3,
        "assistant",
        [{"type": "text", "text": "There are no sacks (yet)."}],
        id="m2",
        model="miller-1",
        usage={"input_tokens": 9, "output_tokens": 2},
    ),
]
LINES[2]["message"]["content"][0]["is_error"] = True
FACTS = {
    "sessions": 1,
    "prompts": 1,
    "replies": 2,
    "agent_messages": 2,
    "calls": 1,
    "results": 1,
    "errors": 1,
    "first": "2026-03-02T10:00:00Z",
    "last": "2026-03-02T10:00:03Z",
    "needle": "no sacks (yet)",
    "id": ID,
    "cwd": "/home/mo/mill",
    "model": "miller-1",
    "tokens": {"input": 16, "output": 5, "cache_read": 20},
}


def zoo_of(folder: Path, **expected: Any) -> Path:
    """A zoo with one session, a note, and what is said to be in them."""
    zoo = folder / "agent-zoo"
    for name, data in ((TALK, "\n".join(map(json.dumps, LINES)) + "\n"), ("jotters/a.md", "# A")):
        (zoo / name).parent.mkdir(parents=True)
        (zoo / name).write_text(data)
    facts = {"_about": {"made": "here"}, TALK: FACTS | expected, "jotters/": {"notes": 1}}
    (zoo / "expected.json").write_text(json.dumps(facts))
    return zoo


def test_a_unit_is_right_if_all_that_is_known_of_it_is_told(tmp_path: Path) -> None:
    zoo_of(tmp_path)
    lines: list[str] = []
    results = FormatCoverage().run(tmp_path, lines.append).results
    assert (results["zoo_units"].value, results["zoo_right"].value) == (2, 1)
    assert (results["zoo_talkers_right"].value, results["zoo_talkers_right"].reference) == (1, 1)
    assert (results["zoo_jotters_right"].value, results["zoo_not_read"].value) == (0, 1)
    assert lines == ["zoo: jotters/: not read"]


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("sessions", 2),
        ("prompts", 2),
        ("replies", 1),
        ("agent_messages", 3),
        ("calls", 0),
        ("results", 2),
        ("errors", 0),
        ("first", "2026-03-02T09:00:00Z"),
        ("last", "2026-03-02T10:00:05Z"),
        ("needle", "seven sacks"),
        ("cwd", "/home/mo"),
        ("model", "miller-2"),
        ("title", "Sacks"),
        ("tokens", {"input": 15, "output": 5}),
        ("tokens", {"input": 36, "output": 6}),
        ("children", 1),
        ("parent", "another"),
        ("per_session", [{"id": "another"}]),
        ("per_session", [{"id": ID, "calls": 3}]),
        ("must_be_skipped", True),
        ("prompts_on_last_branch", 2),
    ],
)
def test_each_fact_is_compared(tmp_path: Path, fact: str, value: Any) -> None:
    zoo = zoo_of(tmp_path, **{fact: value})
    judgement = judged(next(units(zoo, zoo / "talkers")))
    assert judgement.verdict is ZooVerdict.WRONG
    assert len(judgement.differences) == 1


def test_a_subagents_row_is_its_own_though_it_names_its_parent(tmp_path: Path) -> None:
    database = goose(tmp_path / "agent-zoo" / "goose" / "sessions.db")
    facts = {"goose/sessions.db": {"sessions": 2, "replies": 2, "children": 1}}
    (tmp_path / "agent-zoo" / "expected.json").write_text(json.dumps(facts))
    judgement = judged(next(units(tmp_path / "agent-zoo", database)))
    assert (judgement.verdict, judgement.differences) == (ZooVerdict.RIGHT, ())


def test_a_part_of_a_zoo_is_judged_alone(tmp_path: Path) -> None:
    zoo = zoo_of(tmp_path, prompts=5)
    lines: list[str] = []
    results = FormatCoverage().run(zoo / "talkers", lines.append).results
    assert (results["zoo_units"].value, results["zoo_right"].value) == (1, 0)
    assert lines == [f"zoo: {TALK}: wrong", "- prompts: expected 5, got 1"]
    assert set(results) == {"zoo_units", "zoo_right", "zoo_not_read", "zoo_talkers_right"}


@pytest.mark.parametrize("part", ["", "agent-zoo"])
def test_a_linked_zoo_is_judged(tmp_path: Path, part: str) -> None:
    zoo = zoo_of(tmp_path / "kept").rename(tmp_path / "kept" / "elsewhere")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "agent-zoo").symlink_to(zoo)
    results = FormatCoverage().run(tmp_path / "data" / part, lambda line: None).results
    assert (results["zoo_units"].value, results["zoo_right"].value) == (2, 1)


def test_a_zoo_that_says_nothing_is_an_error(tmp_path: Path) -> None:
    zoo = zoo_of(tmp_path)
    (zoo / "expected.json").write_text('{"talkers/": [')
    with pytest.raises(CannotImport, match=r"expected\.json"):
        FormatCoverage().run(tmp_path, lambda line: None)


@pytest.mark.parametrize("kind", ["aider", "entire-checkpoints"])
def test_of_real_kinds_every_unit_is_right(kind: str) -> None:
    assert wrong_units(kind) == {}


@pytest.mark.parametrize(
    ("needle", "right"), [('"Grind" the ry', True), ('"Grind" the oats', False)]
)
def test_a_needle_in_notes_may_hold_quotes_and_end_within_a_word(
    tmp_path: Path, needle: str, right: bool
) -> None:
    zoo = zoo_of(tmp_path)
    name = "claude-code-memory/mill/CLAUDE.md"
    (zoo / name).parent.mkdir(parents=True)
    (zoo / name).write_text('# Mill\n\n"Grind" the rye.\n')
    facts = {"headings": 1, "needle": needle}
    (zoo / "expected.json").write_text(json.dumps({name: facts}))
    judgement = judged(next(units(zoo, zoo / "claude-code-memory")))
    assert (judgement.verdict is ZooVerdict.RIGHT) is right
    assert [each.what for each in judgement.differences] == ([] if right else ["needle"])
