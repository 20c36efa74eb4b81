"""Whose words: what Codex puts beside a person's prompts, with and without events that tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.cases import CASES

CASE = CASES / "25-codex-0148-injected"
AT = "2026-09-02T08:00:00.000Z"
HEAD = {"timestamp": AT, "type": "session_meta", "payload": {"id": "s", "timestamp": AT}}
TURN = {"timestamp": AT, "type": "turn_context", "payload": {"model": "gpt-5.6"}}
Line = dict[str, Any]


def item(*texts: str, role: str = "user") -> Line:
    content = [{"type": "input_text", "text": text} for text in texts]
    payload = {"type": "message", "role": role, "content": content}
    return {"timestamp": AT, "type": "response_item", "payload": payload}


def event(text: str) -> Line:
    payload = {"type": "user_message", "message": text}
    return {"timestamp": AT, "type": "event_msg", "payload": payload}


def completed(text: str) -> Line:
    done = {"type": "UserMessage", "id": "i", "content": [{"type": "text", "text": text}]}
    payload = {"type": "item_completed", "turn_id": "t", "item": done}
    return {"timestamp": AT, "type": "event_msg", "payload": payload}


REPLY = item("Mended.", role="assistant")


def read(path: Path) -> tuple[Any, list[Any]]:
    source = SourceFile(str(path), path.stat().st_size, lambda: path.open("rb"))
    ((draft, steps),) = [(draft, list(draft.steps)) for draft in CodexReader().read(source)]
    return draft, steps


def prompts(steps: list[Any]) -> list[tuple[bool, str]]:
    users = [step for step in steps if step.source is StepSource.USER]
    return [(bool(s.flags & StepFlag.INJECTED), "\n".join(p.text for p in s.parts)) for s in users]


def task_and_prompts(tmp_path: Path, *lines: Line) -> tuple[str, list[tuple[bool, str]]]:
    path = tmp_path / "rollout.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in (HEAD, *lines)))
    draft, steps = read(path)
    return draft.task, prompts(steps)


@pytest.mark.parametrize("path", sorted(CASE.glob("*.jsonl")), ids=lambda path: path.stem)
@pytest.mark.parametrize("events", [True, False])
def test_the_title_is_the_persons_and_the_rest_is_marked(
    path: Path, events: bool, tmp_path: Path
) -> None:
    words = "Mend the net" if path.stem == "rollout-files" else "Mend the fishing net"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    kept = [line for line in lines if events or line["payload"].get("type") != "item_completed"]
    task, said = task_and_prompts(tmp_path, *kept[1:])
    assert task == words
    assert [text for injected, text in said if not injected] == [words]
    assert len(said) == 2


CONTEXT = [
    "<environment_context>\n<cwd>/x</cwd>\n</environment_context>",
    "<user_instructions>\nUse tabs.\n</user_instructions>",
    "<anything_instructions>be kind</anything_instructions>",
    "<ide-context open='a.py'>\na\n</ide-context>",
    "<recommended_birds>\n- owl\n</recommended_birds>",
    "<permissions instructions>\nall\n</permissions instructions>",
    "<turn_aborted>\nby the user\n</turn_aborted>",
    "<skill>\n<name>knots</name>\n</skill>",
    "<environment_context> cut off",
    "# AGENTS.md instructions for /home/ada\n\n<INSTRUCTIONS>\nUse tabs.\n</INSTRUCTIONS>",
    "# AGENTS.md\n<INSTRUCTIONS>\nUse tabs.\n</INSTRUCTIONS>",
    "# AGENTS.md instructions\n\n<INSTRUCTIONS>\n</INSTRUCTIONS>\n\n<app-context>x</app-context>",
]


@pytest.mark.parametrize("context", CONTEXT)
def test_context_is_known_by_its_form(context: str, tmp_path: Path) -> None:
    words = "Mend the net"
    expected = (words, [(True, context), (False, words)])
    assert task_and_prompts(tmp_path, item(context), TURN, item(words), REPLY) == expected
    assert task_and_prompts(tmp_path, item(context, words), TURN, REPLY) == expected
    assert task_and_prompts(tmp_path, item(context, words), completed(words), REPLY) == expected
    assert task_and_prompts(tmp_path, item(context), item(words), event(words), REPLY) == expected
    if context != "<environment_context> cut off":
        assert task_and_prompts(tmp_path, item(f"{context}\n\n{words}"), REPLY) == expected
    after = [(False, words), (True, context)]
    assert task_and_prompts(tmp_path, item(words, context), completed(words), REPLY)[1] in (
        expected[1],
        after,
    )


@pytest.mark.parametrize(
    "words",
    [
        "<div>why is this not centred?</div>",
        "<my-button>Press</my-button> does nothing",
        "<html>\n<body></body>\n</html>",
        "# Notes\nTidy them",
        "List<environment_context> does not compile",
        "a < b and c > d",
        "## My request for a raise\nWrite it",
    ],
)
def test_what_a_person_pastes_is_the_persons(words: str, tmp_path: Path) -> None:
    said = task_and_prompts(tmp_path, item(words), REPLY)[1]
    assert said == [(False, words)]


def test_an_event_says_that_a_text_is_the_persons_whatever_its_form(tmp_path: Path) -> None:
    words = "<order_line>7 nets</order_line> does not parse"
    for tell in (event, completed):
        assert task_and_prompts(tmp_path, item(words), tell(words), REPLY)[1] == [(False, words)]


def test_two_kinds_of_events_tell_of_one_prompt(tmp_path: Path) -> None:
    lines = (item("Mend it"), event("Mend it"), completed("Mend it"), REPLY)
    assert task_and_prompts(tmp_path, *lines)[1] == [(False, "Mend it")]
    twice = (event("Mend it"), completed("Mend it"), completed("Mend it"), REPLY)
    assert task_and_prompts(tmp_path, *twice)[1] == [(False, "Mend it"), (False, "Mend it")]


@pytest.mark.parametrize("turn", [(), (TURN,)])
@pytest.mark.parametrize("later", [(), (completed("Now paint it green"),)])
def test_a_rollout_that_a_later_version_goes_on_with(
    turn: tuple[Line, ...], later: tuple[Line, ...], tmp_path: Path
) -> None:
    context = "<recommended_plugins>x</recommended_plugins>"
    early = (item("<environment_context>"), item("Mend it"), event("Mend it"), REPLY)
    late = (*turn, item(context), item("Now paint it green"), *later, REPLY)
    assert task_and_prompts(tmp_path, *early, *late)[1] == [
        (True, "<environment_context>"),
        (False, "Mend it"),
        (True, context),
        (False, "Now paint it green"),
    ]


@pytest.mark.parametrize("heading", ["# Files mentioned by the user:", "# Context from my IDE:"])
@pytest.mark.parametrize("level", ["#", "##"])
def test_the_request_behind_an_editors_context_is_the_persons(
    heading: str, level: str, tmp_path: Path
) -> None:
    context = f"{heading}\n\n## a.txt: /tmp/a.txt\n\n{level} My request for Codex:"
    wrapped = f"{context}\nMend the net\n"
    expected = ("Mend the net", [(True, context), (False, "Mend the net")])
    assert task_and_prompts(tmp_path, item(wrapped), REPLY) == expected
    assert task_and_prompts(tmp_path, item(wrapped), event(wrapped), REPLY) == expected
    assert task_and_prompts(tmp_path, event(wrapped), REPLY) == expected
    assert task_and_prompts(tmp_path, item(wrapped), completed("Mend the net"), REPLY) == expected
