from __future__ import annotations

import pytest

from hpm_engine import BadQuery, field_term, narrowed, parse
from hpm_engine.query.nodes import And, FieldIs, Not, Or, Text


@pytest.mark.parametrize(
    "value", ["tide", "my project", 'say "so"', "a,b", "back\\slash", "*", "-x"]
)
def test_a_term_means_its_value_and_nothing_else(value: str) -> None:
    assert parse(field_term("project", value)) == FieldIs("project", value)


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
