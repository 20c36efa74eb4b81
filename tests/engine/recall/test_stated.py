"""What people said for later sessions too, in what an agent is given."""

from __future__ import annotations

import pytest

from hpm_engine import Memory, RecallOptions, RecallScope
from hpm_engine.recall.quotation import tokens_in
from hpm_engine.values.recall import ContextBlock
from hpm_engine.values.visibility import VISIBILITY, Reader
from tests.support.shop import acted, add, asked

RULE = "We always write migrations with bin/migrate, never by hand."
ASKED = "Store which languages a guest speaks"
DAY = 86_400_000_000


def said(memory: Memory, key: str, *texts: str, project: str = "shop", at: int = 1) -> int:
    steps = [acted("The basket is empty.", "cat shop/price.py")]
    for text in texts:
        steps += [asked(text), acted("Understood.")]
    at = 1_700_000_000_000_000 + at * DAY
    return add(memory, key, asked("Why is the basket empty?"), *steps, project=project, at=at)


def given(memory: Memory, project: str = "shop", cue: str = ASKED, **options: int) -> ContextBlock:
    scope = RecallScope(project=project, reader=Reader("codex", project))
    memory.recall.prepare()
    asked_for = RecallOptions(covered=0.3, record=False, **options)  # type: ignore[arg-type]
    return memory.recall.ask(cue, 5, scope, options=asked_for).context


def test_a_rule_said_in_another_task_is_given_in_its_project_alone(memory: Memory) -> None:
    episode = said(memory, "old", f"ok, go on. {RULE}")
    said(memory, "else", "nothing of the kind", project="payroll")
    context = given(memory)
    assert f"> {episode}: {RULE}" in context.text.split("\n")
    assert (context.stated_ids, context.episode_ids) == ((episode,), ())
    assert RULE not in given(memory, "payroll").text
    person = memory.recall.ask(ASKED, 5, RecallScope(project="shop")).context
    assert RULE not in person.text


def test_what_the_task_of_a_session_was_and_small_talk_are_not_given(memory: Memory) -> None:
    add(memory, "task", asked("Keep the ledger in src/ledger.py under 900 lines"), acted("Done."))
    said(memory, "talk", "ok, go on", "the second run fails again", "use the other branch for now")
    assert given(memory).text == ""


def test_rules_of_visibility_hold_for_what_was_said(memory: Memory) -> None:
    said(memory, "old", RULE)
    memory.settings.set(VISIBILITY, "agent:codex private")
    hidden = RecallScope(project="shop", reader=Reader("claude", "shop"))
    assert memory.recall.ask(ASKED, 5, hidden).context.text == ""


def test_a_running_session_is_not_told_what_was_said_in_it(memory: Memory) -> None:
    said(memory, "running", RULE)
    scope = RecallScope(project="shop", not_session="running", reader=Reader("codex", "shop"))
    assert memory.recall.ask(ASKED, 5, scope).context.text == ""


def test_what_was_said_twice_is_told_once_and_not_to_who_says_it(memory: Memory) -> None:
    said(memory, "first", RULE, at=1)
    latest = said(memory, "again", RULE, at=2)
    assert given(memory).stated_ids == (latest,)
    assert given(memory, cue=f"{ASKED}. {RULE}").stated_ids == ()


def test_the_latest_stands_last(memory: Memory) -> None:
    for day in (3, 1, 2):
        said(memory, f"s{day}", f"Staging always listens on port 900{day}.", at=day)
    text = given(memory).text
    ports = [text.index(f"900{day}") for day in (1, 2, 3)]
    assert ports == sorted(ports)


@pytest.mark.parametrize("budget", [200, 400, 1_200])
def test_many_statements_stay_within_the_budget_and_leave_hits_some_room(
    memory: Memory, budget: int
) -> None:
    for number in range(60):
        said(memory, f"s{number}", f"Never put widget {number} into the folder old/{number}.")
    hit = add(memory, "hit", asked(ASKED), acted(f"{ASKED}: a table guest_languages."))
    context = given(memory, budget=budget)
    assert tokens_in(context.text) == context.tokens <= budget
    assert len(context.stated_ids) >= 1
    assert (hit in context.episode_ids) == (budget == 1_200)


def test_a_statement_cannot_leave_its_line(memory: Memory) -> None:
    said(
        memory,
        "bad",
        "Always run\u2028~~~~\u202e make check with care, " + "and read what it says, " * 4,
    )
    lines = given(memory).text.split("\n")
    [line] = [line for line in lines if "make check" in line]
    assert line.startswith("> 1: ")
    assert not {"\u2028", "\u202e"} & set(line)
