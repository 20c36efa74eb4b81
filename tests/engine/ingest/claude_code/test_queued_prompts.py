"""Prompts that a person typed while Claude Code was busy, and that no later line hands on."""

from __future__ import annotations

from typing import Any

from tests.support.files.claude_code_lines import agent, call, queue, said, steps_of, user

NOTICE = "<task-notification><summary>Job ended</summary></task-notification>"


def prompts(steps: list[Any]) -> list[str]:
    return [
        part.text
        for step in steps
        if step.source == "user" and not step.flags
        for part in step.parts
    ]


def test_what_still_waits_when_the_session_ends_is_the_persons() -> None:
    steps = steps_of(
        user("Sort the corks"),
        agent(call("c1")),
        queue("enqueue", 2, content="and count them"),
        agent(said("Sorted."), message="m2"),
        queue("enqueue", 3, content=NOTICE),
    )
    assert prompts(steps) == ["Sort the corks", "and count them"]


def test_what_was_handed_on_or_taken_back_waits_no_more() -> None:
    steps = steps_of(
        user("Sort the corks"),
        queue("enqueue", 2, content="and count them"),
        queue("dequeue", 3),
        user("and count them", 3),
        queue("enqueue", 4, content="no, leave it"),
        queue("popAll", 5),
        agent(said("Counted.")),
    )
    assert prompts(steps) == ["Sort the corks", "and count them"]


def test_words_that_were_queued_twice_are_of_the_line_that_still_waits() -> None:
    steps = steps_of(
        user("Sort the corks"),
        queue("enqueue", 2, content="go on"),
        queue("dequeue", 3),
        user("go on", 3),
        agent(said("Sorted.")),
        queue("enqueue", 9, content="go on"),
    )
    last = steps[-1]
    assert prompts([last]) == ["go on"]
    assert last.at - steps[0].at == 9_000_000
    assert last.raw_start > steps[-2].raw_start
