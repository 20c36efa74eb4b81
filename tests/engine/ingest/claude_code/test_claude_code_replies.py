"""A reply is its message: the last version of each block, its largest counts, in its place."""

from __future__ import annotations

from typing import Any

import pytest

from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import PartKind, StepSource
from tests.support.cases import CASES
from tests.support.files.claude_code_lines import (
    READER,
    agent,
    at,
    call,
    result,
    said,
    steps_of,
    user,
)
from tests.support.files.line_sources import (
    Line,
    file_source,
    jsonl,
    only,
    parts,
    source_of,
    texts,
)

FINAL = "the advisory latch was never freed"


def usage(read: int, written: int) -> Line:
    return {"input_tokens": read, "output_tokens": written}


def thinks(text: str, **more: str) -> Line:
    return {"type": "thinking", "thinking": text, **more}


def agents(steps: list[StepDraft]) -> list[StepDraft]:
    return [step for step in steps if step.source is StepSource.AGENT]


def tokens(steps: list[StepDraft]) -> tuple[int, int]:
    return (
        sum(step.tokens_in or 0 for step in steps),
        sum(step.tokens_out or 0 for step in steps),
    )


def of_case(name: str) -> list[StepDraft]:
    (path,) = (CASES / name).glob("*.jsonl")
    return only(READER, file_source(path))[1]


def test_a_message_written_again_as_it_streams_is_read_in_its_last_version() -> None:
    _, step = of_case("07-claude-stream-snapshots")
    assert texts([step]) == [FINAL]
    assert step.tokens_out == 30
    assert [part.text for part in parts([step], PartKind.RESULT)] == ["freed"]


@pytest.mark.parametrize(
    "versions",
    [
        [[said("the")], [said("the advisory")], [said(FINAL)]],
        [[said("the advisory")], [said("An advisory latch")], [said(FINAL)]],
        [[said(FINAL)], [said(FINAL)]],
        [[said("the")], [said("the"), call("t1")], [said(FINAL), call("t1", command="ls")]],
        [[said("no")], [said("no"), call("t1")], [said(FINAL), call("t1", command="ls")]],
        [[thinks("h")], [thinks("hm"), said("t")], [thinks("hm"), said(FINAL)]],
        [[thinks("h")], [thinks("hm")], [said("the")], [said(FINAL)]],
    ],
)
@pytest.mark.parametrize("known_by", ["message", "request", "line"])
def test_every_way_to_write_a_growing_message(versions: list[list[Line]], known_by: str) -> None:
    lines = []
    for number, content in enumerate(versions, 1):
        line = agent(*content, second=number, usage=usage(10, number))
        line["requestId"] = "req_1"
        if known_by != "message":
            del line["message"]["id"]
        if known_by == "line":
            del line["requestId"]
            line["uuid"] = "u1"
        lines.append(line)
    _, step = steps_of(user("why?"), *lines)
    assert texts([step]) == [FINAL]
    assert texts([step], PartKind.REASONING) in ([], ["hm"])
    assert texts([step], PartKind.CALL) in ([], ['{"command": "ls"}'])
    assert tokens([step]) == (10, len(versions))


@pytest.mark.parametrize(
    "versions",
    [
        [[said("One.")], [said("One."), said("Tw")], [said("One."), said("Two.")]],
        [[said("On"), said("T")], [said("One."), said("Two.")]],
        [[thinks("h"), said("One.")], [said("One."), said("Two.")]],
        [[said("One.")], [thinks(""), said("One."), said("Two")], [said("One."), said("Two.")]],
    ],
)
def test_two_texts_of_a_message_grow_each_in_its_place(versions: list[list[Line]]) -> None:
    lines = [agent(*content, second=second) for second, content in enumerate(versions, 1)]
    _, step = steps_of(user("why?"), *lines)
    assert texts([step]) == ["One.", "Two."]


def test_blocks_of_one_kind_that_follow_each_other_are_not_versions() -> None:
    lines = [
        agent(thinks("first", signature="x"), second=1),
        agent(thinks("second", signature="y"), second=2),
        agent(said("I look."), second=3),
        agent(call("t1"), second=4),
        agent(said("And here."), second=5),
        agent(call("t2"), second=6),
    ]
    _, step = steps_of(user("go"), *lines)
    assert texts([step], PartKind.REASONING) == ["first", "second"]
    assert texts([step]) == ["I look.", "And here."]
    assert len(parts([step], PartKind.CALL)) == 2


def test_one_id_over_several_replies_is_several_replies_in_order() -> None:
    steps = of_case("37-same-message-id")
    assert tokens(steps) == (816, 59)
    assert [step.source for step in steps] == [
        StepSource.USER,
        *[StepSource.AGENT] * 5,
        StepSource.USER,
        StepSource.AGENT,
    ]
    for number, step in enumerate(steps[1:5]):
        request, answer = step.parts
        assert (request.call_id, answer.text) == (f"toolu_{number}", f"page {number}")
    assert texts(steps[5:]) == ["Ledgers audited.", "thanks", "You are welcome."]


@pytest.mark.parametrize("read", [10, 0, None])
def test_a_proxy_with_one_id_for_all_keeps_prompts_and_replies_in_order(read: int | None) -> None:
    lines = []
    for number in range(3):
        counts = usage(read, 5) if read is not None else {}
        lines.append(user(f"prompt {number}", 2 * number))
        lines.append(agent(said("Done."), second=2 * number + 1, usage=counts))
    steps = steps_of(*lines)
    assert texts(steps) == ["prompt 0", "Done.", "prompt 1", "Done.", "prompt 2", "Done."]
    assert tokens(steps) == ((read or 0) * 3, 0 if read is None else 15)


def test_a_tool_that_runs_while_the_reply_streams_does_not_part_it() -> None:
    steps = steps_of(
        user("go"),
        agent(said("I look."), second=1, usage=usage(900, 10)),
        agent(call("t1"), second=2, usage=usage(900, 10)),
        user([result("t1", "one")], second=3),
        agent(call("t2"), second=4, usage=usage(900, 321)),
        user([result("t2", "two")], second=5),
        agent(said("Both."), message="m2", second=6, usage=usage(950, 4)),
    )
    assert len(agents(steps)) == 2
    assert tokens(steps) == (1850, 325)
    assert [part.text for part in parts(steps, PartKind.RESULT)] == ["one", "two"]


@pytest.mark.parametrize("between", range(7))
def test_a_messages_larger_count_holds_however_far_its_lines_stand_apart(between: int) -> None:
    others = [
        agent(said(f"other {n}"), message=f"x{n}", second=3 + n, usage=usage(20, 1))
        for n in range(between)
    ]
    steps = steps_of(
        user("go"),
        agent(call("t1"), second=1, usage=usage(10, 2)),
        user([result("t1")], second=2),
        *others,
        agent(said("late"), second=40, usage=usage(10, 106)),
    )
    assert tokens(steps) == (10 + 20 * between, 106 + between)
    assert texts(steps).count("late") == 1


def test_an_id_of_a_call_that_is_used_again_is_another_call() -> None:
    lines: list[Any] = [user("go")]
    for number in range(3):
        lines.append(
            agent(call("c0", command=f"ls {number}"), message="m", second=number * 2 + 1)
            | {"requestId": f"r{number}"}
        )
        lines.append(user([result("c0", f"answer {number}")], second=number * 2 + 2))
    steps = steps_of(*lines)
    assert [part.text for part in parts(steps, PartKind.RESULT)] == [
        f"answer {number}" for number in range(3)
    ]


def test_history_that_streamed_and_was_appended_again_counts_once() -> None:
    growing = [
        agent(said(FINAL[:end]), second=second, usage=usage(10, second))
        for second, end in enumerate((3, 12, len(FINAL)), 1)
    ]
    history = [user("why?"), *growing, agent(call("t1"), second=4), user([result("t1")], second=5)]
    more = agent(said("on"), message="m2", second=9)
    once = steps_of(*history, more)
    twice = steps_of(*history, *history, more)
    assert [step.parts for step in twice] == [step.parts for step in once]
    assert tokens(twice) == tokens(once)


def test_a_session_lasts_until_the_last_line_of_its_last_reply() -> None:
    lines = [user("go"), agent(thinks("hm")), agent(said("I look."), second=7)]
    draft, steps = only(READER, source_of(jsonl(*lines)))
    assert (steps[-1].at, draft.ended_at) == (micros(at(1)), micros(at(7)))
    draft, steps = only(
        READER, source_of(jsonl(*lines, agent(call("t1")), user([result("t1")], 9)))
    )
    assert (steps[-1].at, draft.ended_at) == (micros(at(1)), micros(at(9)))


def test_history_that_is_written_again_later_makes_no_session_longer() -> None:
    lines = [user("go"), agent(said("I look.")), agent(call("t1"), second=2)]
    results = user([result("t1")], second=3)
    again = [{**line, "timestamp": at(50)} for line in (lines[2], results)]
    draft, _ = only(READER, source_of(jsonl(*lines, results, *again)))
    assert draft.ended_at == micros(at(3))
