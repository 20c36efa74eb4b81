"""Terms by which a text is known again: files, commands, names; not what stands everywhere."""

from __future__ import annotations

import pytest

from hpm_engine.words.telling_terms import Term, TermKind, commands, handed_terms, met_terms

FILE, COMMAND, NAME = TermKind.FILE, TermKind.COMMAND, TermKind.NAME
FLOOD = Term(COMMAND, "make flood row=7")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("> changed: /home/ada/works/water/Pump.py", Term(FILE, "water/pump.py")),
        (
            '> Bash: {"command": "cd x && A=1 make flood ROW=7 | tail"}',
            Term(COMMAND, "make flood row=7"),
        ),
        ("> run `dev/replay --all`", Term(COMMAND, "dev/replay --all")),
        ("> it calls close_valve_first() there", Term(NAME, "close_valve_first")),
        ("> set `dramatiq` up", Term(NAME, "dramatiq")),
        ("> port 48213", Term(TermKind.NUMBER, "48213")),
    ],
)
def test_what_is_handed_out_is_known_by_its_terms(text: str, term: Term) -> None:
    assert term in handed_terms(text)


def test_what_acts_on_it_holds_the_same_terms() -> None:
    handed = handed_terms("> see water/pump.py: `make flood ROW=7`, close_valve_first")
    assert Term(FILE, "water/pump.py") in handed & met_terms("sed -n 1,9p /srv/works/water/pump.py")
    assert Term(COMMAND, "make flood row=7") in handed & commands(
        "FAST=1 make flood ROW=7", called=True
    )
    assert Term(NAME, "close_valve_first") in handed & met_terms("x = close_valve_first(1)")


@pytest.mark.parametrize(
    "text",
    [
        "> agent: claude_code_agent",
        "> project: my_long_project",
        '> Bash: {"command": "git status"}',
        '> Bash: {"command": "ls -la my"}',
        "> README.md",
        "> in 2026",
    ],
)
def test_what_stands_everywhere_is_no_term(text: str) -> None:
    assert {term for term in handed_terms(text) if term.kind is not TermKind.FIRST} == set()


def test_what_a_note_warns_of_is_no_term_of_it() -> None:
    words = {term.text for term in handed_terms("> Use pnpm, never yarn berry.", note=True)}
    assert "pnpm" in words
    assert not words & {"yarn", "berry", "yarn berry"}
