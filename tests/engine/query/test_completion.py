from __future__ import annotations

import pytest

from hpm_engine.query import Completion, complete, parse
from hpm_engine.query.fields import FIELDS
from hpm_engine.values.episodes import Facets

FACETS = Facets(
    projects=(("tidewater", 12), ("my project", 3), ("", 2)),
    agents=(("claude-code", 9), ("codex", 4)),
    tags=(('odd "tag"', 1),),
    outcomes=(("success", 3),),
    models=(("claude-sonnet-4-5", 5),),
    tools=(("Bash", 1_200), ("Edit", 7)),
)


def offered(text: str, cursor: int | None = None) -> list[str]:
    completion = complete(text, len(text) if cursor is None else cursor, FACETS)
    return [choice.text for choice in completion.choices]


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("pro", ["project:"]),
        ("a or -ti", ["title:", "tier:"]),
        ("(to", ["tool:", "topic:", "tokens:"]),
        ("i", ["is:pinned", "is:subagent", "id:"]),
        ("project:", ["project:tidewater", 'project:"my project"']),
        ("project:MY", ['project:"my project"']),
        ('project:"my p', ['project:"my project"']),
        ("agent:co", ["agent:codex", "agent:claude-code"]),  # those that begin so come first
        ("tool:b", ["tool:Bash"]),
        ('tag:"od', ['tag:"odd \\"tag\\""']),
        ("outcome:fa", ["outcome:failure"]),
        ("has:", ["has:error", "has:subagents", "has:note"]),
        ("after:to", ["after:today"]),
        ("steps:>", []),
        ("xyz", []),
        ("is:pinned", []),  # it stands there already
        ('"in a phrase pro', []),
        ("http://x pro:", []),
    ],
)
def test_what_is_offered(text: str, choices: list[str]) -> None:
    assert offered(text) == choices


def test_only_the_word_at_the_cursor_is_replaced() -> None:
    completion = complete("a -proj b", 7, FACETS)
    assert (completion.start, completion.end) == (3, 7)
    assert complete("error tool:Ba", 13, FACETS).start == 6


def test_everything_offered_can_be_typed() -> None:
    for name in FIELDS:
        for choice in complete(f"{name}:", len(name) + 1, FACETS).choices:
            assert parse(choice.text)


def test_a_store_that_cannot_be_asked_still_gets_the_fields() -> None:
    assert [choice.text for choice in complete("proj", 4).choices] == ["project:"]
    assert complete("project:", 8) == Completion(0, 8)
    assert complete("tool:b", 6, FACETS).choices[0].note == "1,200 episodes"
