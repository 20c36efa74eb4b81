"""Whose history, whose words and whose name: forks, sessions in one file, queued prompts."""

from __future__ import annotations

import time

import pytest

from hpm_engine.ingest.claude_code.prompts import slash_command
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import StepFlag, StepSource
from tests.support.cases import CASES
from tests.support.files.claude_code_lines import READER, SESSION, agent, queue, said, user
from tests.support.files.line_sources import (
    Line,
    episodes,
    file_source,
    jsonl,
    only,
    source_of,
    texts,
)

OWN = "99999999-2222-4333-8444-555555555555"
WORDS = "and label the marigold drawer in blue"


def own(steps: list[StepDraft]) -> list[StepDraft]:
    return [step for step in steps if not step.flags & StepFlag.COPIED]


def fork(line: Line, *, key: str = OWN) -> Line:
    return {**line, "sessionId": key, "forkedFrom": {"sessionId": line["sessionId"]}}


def test_a_fork_counts_only_what_is_its_own() -> None:
    parent, child = sorted((CASES / "06-claude-fork").glob("*.jsonl"))
    first, _ = only(READER, file_source(parent))
    draft, steps = only(READER, file_source(child))
    assert draft.continues_key == first.key
    assert (draft.title, draft.task) == ("tides (Branch)", "And now April please")
    assert len(steps) - len(own(steps)) == 3
    assert sum(step.tokens_in or 0 for step in steps) == 200
    assert sum(step.tokens_out or 0 for step in steps) == 7


def test_a_fork_of_a_fork_continues_the_nearer_and_an_empty_one_has_nothing_own() -> None:
    lines = [user("go"), agent(said("hi"))]
    again = [fork(line) for line in lines]
    nearer = [fork(user("on", 3, sessionId="fork")), fork(agent(said("on"), message="m2"))]
    nearer[1]["forkedFrom"] = {"sessionId": "fork"}
    draft, steps = only(READER, source_of(jsonl(*again, *nearer)))
    assert (draft.key, draft.continues_key) == (OWN, "fork")
    assert own(steps) == []
    assert draft.task == "go"
    assert sum(step.tokens_in or 0 for step in steps) == 0


def test_a_resumed_session_is_known_whatever_its_file_is_called() -> None:
    lines = [
        user("go", uuid="u1"),
        agent(said("hi"), uuid="u2", parentUuid="u1"),
        user("on", 5, sessionId=OWN, uuid="u3", parentUuid="u2"),
    ]
    for name in (f"{OWN}.jsonl", "copy of session.jsonl"):
        draft, steps = only(READER, source_of(jsonl(*lines), name))
        assert (draft.key, draft.continues_key, draft.task) == (OWN, SESSION, "on")
        assert [bool(step.flags & StepFlag.COPIED) for step in steps] == [True, True, False]


def test_two_sessions_in_one_file_are_two() -> None:
    sessions = episodes(READER, file_source(CASES / "48-json-array-of-lines" / "catted.jsonl"))
    assert [draft.task for draft, _ in sessions] == [
        "First of two sessions",
        "Second of two sessions",
    ]
    assert all(not step.flags & StepFlag.COPIED for _, steps in sessions for step in steps)


@pytest.mark.parametrize("words", ["Warmup", "look around"])
def test_a_subagent_that_stands_first_does_not_take_the_session_along(words: str) -> None:
    side = [
        user(words, isSidechain=True, uuid="s1"),
        agent(said("ready"), message="s", isSidechain=True, uuid="s2", parentUuid="s1"),
    ]
    main, *children = episodes(
        READER, source_of(jsonl(*side, user("go", 3, uuid="u1"), agent(said("hi"), uuid="u2")))
    )
    assert (main[0].key, main[0].parent_key, texts(main[1])) == (SESSION, "", ["go", "hi"])
    assert [draft.parent_key for draft, _ in children] == [SESSION] * (words != "Warmup")


@pytest.mark.parametrize("form", ["None", "dequeue", "remove"])
def test_a_prompt_typed_while_a_tool_ran_is_one_step(form: str) -> None:
    (path,) = (CASES / "08-claude-queued-attachment").glob(f"{form}-*.jsonl")
    _, steps = only(READER, file_source(path))
    (step,) = [step for step in steps if WORDS in texts([step])]
    assert (step.source, step.flags) == (StepSource.USER, StepFlag.NONE)


def test_a_queued_prompt_with_an_image_is_kept_and_one_with_a_line_of_its_own_counts_once() -> None:
    image = {"type": "image", "source": {"media_type": "image/png", "data": "AAAA"}}
    attachment = {"type": "queued_command", "prompt": [image, said(WORDS)]}
    line = {"type": "attachment", "sessionId": SESSION, "attachment": attachment}
    _, steps = only(READER, source_of(jsonl(user("go"), agent(said("hi")), line)))
    assert texts(steps).count(WORDS) == 1
    lines = [user("go"), queue("enqueue", 2, content=WORDS), queue("dequeue", 3), user(WORDS, 4)]
    assert texts(only(READER, source_of(jsonl(*lines)))[1]).count(WORDS) == 1


def test_the_persons_name_for_a_session_goes_before_the_agents() -> None:
    (path,) = (CASES / "05-claude-title").glob("*.jsonl")
    draft, _ = only(READER, file_source(path))
    assert draft.title == "LIGHT-42 flaky beacon"
    assert draft.task == "hi can you look at the thing from yesterday"
    names = [{"type": "custom-title", "customTitle": name} for name in ("one", "two", "two")]
    agents = {"type": "ai-title", "aiTitle": "guess"}
    assert only(READER, source_of(jsonl(user("go"), *names, agents)))[0].title == "two"


def test_the_account_names_what_was_passed_over() -> None:
    source = source_of(
        jsonl(user("go"), {"type": "mode", "mode": "plan"}, {"type": "of-tomorrow"}, "{ broken")
    )
    only(READER, source)
    sums = source.account.sums()
    assert sums.read + sum(count for _, count in sums.passed_over) + sums.damaged == 4
    assert ("bookkeeping: mode", 1) in sums.passed_over
    assert sums.unknown == (("a line of type of-tomorrow", 1),)


def test_the_echo_of_a_command_is_read_in_linear_time() -> None:
    best = {}
    for size in (200_000, 400_000):
        times = []
        for _ in range(3):
            begun = time.process_time()
            for _ in range(50):
                slash_command("<command-name>" + " " * size)
            times.append(time.process_time() - begun)
        best[size] = max(min(times), 0.001)
    assert best[400_000] / best[200_000] <= 4
