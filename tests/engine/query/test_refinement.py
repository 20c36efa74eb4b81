from __future__ import annotations

import pytest

from hpm_engine import (
    BadQuery,
    Chosen,
    describe,
    field_term,
    filters_of,
    narrowed,
    parse,
    with_filter,
)
from hpm_engine.query.nodes import And, FieldIs, Not, Or, Text


@pytest.mark.parametrize(
    "value", ["tide", "my project", 'say "so"', "a,b", "back\\slash", "*", "-x"]
)
def test_a_term_means_its_value_and_nothing_else(value: str) -> None:
    assert parse(field_term("project", value)) == FieldIs("project", value)
    assert parse(describe(FieldIs("project", value))) == FieldIs("project", value)


def test_values_may_stand_in_a_row() -> None:
    assert parse("agent:codex,claude-*") == Or(
        (FieldIs("agent", "codex"), FieldIs("agent", "claude-*", pattern=True))
    )
    assert parse("agent:codex,codex") == FieldIs("agent", "codex")
    assert parse("-kept:whole,evicted") == Not(
        Or((FieldIs("kept", "whole"), FieldIs("kept", "evicted")))
    )
    assert parse('project:"a,b"') == FieldIs("project", "a,b")
    assert parse("title:a,b") == FieldIs("title", "a,b")  # words, not values
    for wrong in ("agent:codex,", "agent:,codex", "kept:whole,rotten"):
        with pytest.raises(BadQuery):
            parse(wrong)


def test_a_term_is_added_to_what_was_typed() -> None:
    assert narrowed("", "agent:codex") == "agent:codex"
    assert narrowed(" disk ", "agent:codex") == "disk agent:codex"
    assert narrowed("disk", "agent:codex", excluded=True) == "disk -agent:codex"


def test_a_term_holds_for_both_sides_of_an_or() -> None:
    tree = parse(narrowed("disk or full", "agent:codex", excluded=True))
    assert tree == And((Or((Text("disk"), Text("full"))), Not(FieldIs("agent", "codex"))))


def test_a_wrong_search_is_not_added_to() -> None:
    with pytest.raises(BadQuery):
        narrowed('"disk', "agent:codex")


def test_a_search_is_taken_apart() -> None:
    text = 'disk (a or b) project:x,y -agent:codex is:pinned not tag:"my tag" steps:>3 after:7d'
    filters = filters_of(text)
    assert filters.rest == "disk (a or b) steps:>3"
    assert filters.chosen == {
        "project": Chosen(("x", "y")),
        "agent": Chosen((), ("codex",)),
        "is": Chosen(("pinned",)),
        "tag": Chosen((), ("my tag",)),
        "after": Chosen(("7d",)),
    }


@pytest.mark.parametrize(
    "text", ["project:x or disk", "(project:x disk)", "project:x*", "-(is:pinned disk)"]
)
def test_what_is_no_filter_stays_as_it_is(text: str) -> None:
    filters = filters_of(text)
    assert filters.chosen == {}
    assert parse(filters.rest) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "disk",
            "disk or full",
            "disk and agent:codex and full",
            "(agent:codex or agent:b) x",
        ),
        *('agent:"a b" -agent:c x', "agent:codex or agent:b", 'a "b c" -(d or e) -agent:x main()'),
    ],
)
@pytest.mark.parametrize(
    "chosen",
    [Chosen(), Chosen(("b",)), Chosen(("a b", "c,d"), ("e",)), Chosen((), ('q"', "r"))],
)
def test_the_filters_of_one_field_are_put_in_place_of_what_was_asked(
    text: str, chosen: Chosen
) -> None:
    before, changed = filters_of(text), with_filter(text, "agent", chosen)
    after = filters_of(changed)
    assert after.chosen.get("agent", Chosen()) == chosen
    assert parse(after.rest) == parse(before.rest)
    assert with_filter(changed, "agent", chosen) == changed


def test_facts_of_one_field_all_hold() -> None:
    assert with_filter("", "is", Chosen(("pinned",), ("subagent",))) == "is:pinned -is:subagent"
    assert with_filter("x is:pinned", "is", Chosen(("pinned", "subagent"))) == (
        "x is:pinned is:subagent"
    )
