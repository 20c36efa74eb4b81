"""Searches of notes: what of the language applies, and how a search of episodes becomes one."""

from __future__ import annotations

import pytest

from hpm_engine import BadQuery
from hpm_engine.query import parse
from hpm_engine.query.fields import FIELDS
from hpm_engine.query.notes import NOTE_FIELDS, as_search_of_notes, parse_of_notes, words_asked


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("make te", "make te*"),
        ('make "te"', "make te"),
        ("te*", "te*"),
        ("make agent:codex", "make agent:codex"),
        ("make -te", "make -te"),
        ("(make te)", "(make te)"),
        ("make or te ", "make or te*"),
        ("main()", '"main()*"'),
        ("make --", "make --"),
    ],
)
def test_the_last_bare_word_may_go_on(typed: str, meant: str) -> None:
    assert parse_of_notes(typed) == parse(meant)


@pytest.mark.parametrize("field", sorted(set(FIELDS) - set(NOTE_FIELDS)))
def test_what_no_note_has_is_refused_with_its_place(field: str) -> None:
    example = FIELDS[field].example
    with pytest.raises(BadQuery, match=f"notes have no {field}:") as caught:
        parse_of_notes(f"fire {example}")
    assert caught.value.position == 5
    assert as_search_of_notes(f"fire {example}") == ""
    assert as_search_of_notes(f"fire (kiln or -{example})") == ""


@pytest.mark.parametrize(
    "text",
    [
        *("make test", "make te*", '"make test"', "make -test", "kiln or make", 'a "b\\"c" d'),
        *("make project:kiln", "project:kiln make", "agent:a,b make after:7d", "(make or x) y"),
        *("main()", "make and test", "-make test", "会议", "x title:heat*"),
    ],
)
def test_the_same_is_asked_of_notes_as_of_episodes(text: str) -> None:
    search = as_search_of_notes(text)
    assert search
    assert parse_of_notes(search) == parse(text)


@pytest.mark.parametrize(
    "text", ["", "project:kiln", "-make", "make or project:kiln", "after:7d", "not (make test)"]
)
def test_a_search_that_needs_no_word_is_none_of_notes(text: str) -> None:
    assert as_search_of_notes(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("make", 1),
        ("make test", 2),
        ('"make test" project:a,b -agent:x', 2),
        ("make or test", 0),
        ("make -test", 0),
        ("te*", 0),
        ("火", 0),
        ("make (a or b)", 0),
    ],
)
def test_words_are_told_of_where_all_of_them_are_held(text: str, words: int) -> None:
    assert words_asked(text) == words
