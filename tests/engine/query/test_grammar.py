from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hpm_engine.config import SEARCH_CHARACTERS, SEARCH_TERMS
from hpm_engine.errors import BadQuery
from hpm_engine.query import describe, explain, parse
from hpm_engine.query.fields import FIELDS
from hpm_engine.query.nodes import (
    EVERYTHING,
    And,
    Date,
    FieldIs,
    Near,
    Not,
    Or,
    Path,
    Range,
    Regex,
    State,
    Text,
)

A, B, C = Text("a"), Text("b"), Text("c")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", EVERYTHING),
        ("  ", EVERYTHING),
        ("a", A),
        ("a b", And((A, B))),
        ("a and b", And((A, B))),
        ("a -b", And((A, Not(B)))),
        ("a not b", And((A, Not(B)))),
        ("a or b c", Or((A, And((B, C))))),
        ("(a or b) c", And((Or((A, B)), C))),
        ("a (b (c))", And((A, B, C))),
        ("-(a b)", Not(And((A, B)))),
        ("not not a", A),
        ("A OR B", Or((Text("A"), Text("B")))),
        ('"or"', Text("or")),
        ('"a b"', Text("a b")),
        ('"a b*"', Text("a b", prefix=True)),
        ("pre*", Text("pre", prefix=True)),
        (r'"say \"hi\" \\ \d"', Text('say "hi" \\ \\d')),
        ("main() f(x)", And((Text("main()"), Text("f(x)")))),
        ("(main())", Text("main()")),
        ("--option", Text("--option")),
        ("a - b", And((A, B))),
        ("a !!!", A),
        ("!!!", Text("!!!")),
        (
            "http://x std::y 10:30 C:/z",
            And(tuple(map(Text, ["http://x", "std::y", "10:30", "C:/z"]))),
        ),
        ("Project:x", FieldIs("project", "x")),
        ('project:"a b"', FieldIs("project", "a b")),
        ("model:cl**ude*", FieldIs("model", "cl*ude*", pattern=True)),
        ('tag:"a*b"', FieldIs("tag", "a*b")),
        ("outcome:FAILURE", FieldIs("outcome", "failure")),
        ("tier:compressed", FieldIs("tier", "compressed")),
        ("-is:pinned", Not(State("is", "pinned"))),
        ("path:src/*", Path("src/", prefix=True)),
        ("steps:>200", Range("steps", low=200, low_open=True)),
        ("steps:>=200", Range("steps", low=200)),
        ("errors:<3", Range("errors", high=3, high_open=True)),
        ("errors:<=3", Range("errors", high=3)),
        ("errors:3", Range("errors", 3, 3)),
        ("errors:=3", Range("errors", 3, 3)),
        ("tokens:1.5k..2M", Range("tokens", 1500, 2_000_000)),
        ("cost:0.25..", Range("cost", low=0.25)),
        ("cost:..0.25", Range("cost", high=0.25)),
        ("after:2026-01-01", Date("after", "2026-01-01")),
        ('before:"2026-01-01 10:30"', Date("before", "2026-01-01T10:30")),
        ("after:7D before:Today", And((Date("after", "7d"), Date("before", "today")))),
        (r"re:\d+(a|b)", Regex(r"\d+(a|b)")),
        (r're:"a \"b\" \\"', Regex(r'a "b" \\')),
        ('near:"log  in"', Near("log in")),
    ],
)
def test_what_a_search_means(text: str, node: object) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "position", "length", "words"),
    [
        ('alpha "beta', 6, 1, "quote at position 7 is not closed"),
        ("a projct:x", 2, 8, "Did you mean project:"),
        ("stpes:x", 0, 7, "Did you mean steps:"),
        ("a project: b", 2, 8, "needs a value"),
        ("outcome:sucess", 0, 14, "Did you mean outcome:success?"),
        ("is:pined", 0, 8, "is:pinned"),
        ("steps:many", 0, 10, "a comparison (>200"),
        ("steps:5..2", 0, 10, "holds nothing"),
        ("steps:..", 0, 8, "needs a number"),
        ("after:soon", 0, 10, "an age (12h, 7d, 2w)"),
        ("after:2026-13-01", 0, 16, "is no moment"),
        ("a or", 2, 2, "needs a word, a field or a group after it"),
        ("or a", 0, 2, "before it"),
        ("a not", 2, 3, "after it"),
        ("(a", 0, 1, "never closed"),
        ("a (", 2, 1, "never closed"),
        ("a)", 1, 1, "closes nothing"),
        ("()", 0, 1, "nothing between"),
        ("re:(", 0, 4, "missing )"),
        ("re:" + "a" * 301, 0, 304, "at most 300"),
        ("tag:a*b*c*d*e*f", 0, 15, "at most 4 stars"),
        (
            "a" * (SEARCH_CHARACTERS.value + 1),
            SEARCH_CHARACTERS.value,
            1,
            "at most 4,000 characters",
        ),
        ("a " * (SEARCH_TERMS.value + 1), 2 * SEARCH_TERMS.value, 1, "at most 100 terms"),
        ("(" * 41 + "a" + ")" * 41, 40, 1, "40 deep"),
        ("a \ud800", 2, 1, "no text can hold"),
    ],
)
def test_a_wrong_search_says_where_and_why(
    text: str, position: int, length: int, words: str
) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(text)
    assert (caught.value.position, caught.value.length) == (position, length)
    assert words in str(caught.value)


OPERATORS = [
    "or",
    "and",
    "not",
    "-",
    "(",
    ")",
    '"',
    "*",
    "\\",
    " ",
    ">",
    "..",
    "7d",
    "a",
    "\0",
    "é",
]
EXAMPLES = [info.example for info in FIELDS.values()]
PIECES = st.sampled_from([*(f"{name}:" for name in FIELDS), *EXAMPLES, *OPERATORS])


@settings(max_examples=500)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=20).map("".join)))
@example("re:[[:alpha:]")
@example("after:0001-01-01T00:00+14:00")
@example("re:" + "(" * 140 + ")" * 140)
@example("(" * 2000)
@example("-" * 2000)
@example("not " * 900)
def test_any_text_parses_or_explains_itself(text: str) -> None:
    try:
        node = parse(text)
    except BadQuery as error:
        assert str(error) and 0 <= error.position <= len(text) and error.length >= 1
        return
    written = describe(node)
    assert parse(written) == node
    assert describe(parse(written)) == written
    assert explain(node)


def test_every_fields_example_parses_to_that_field() -> None:
    for info in FIELDS.values():
        assert describe(parse(info.example)).startswith(f"{info.name}:")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Every episode."),
        ("a -b", "Episodes where one step holds “a” and not holds “b”."),
        ("-a", "Episodes where no step holds “a”."),
        ("-a -b", "Episodes where no step holds “a”, and no step holds “b”."),
        (
            "(a or -b) (b or -c)",
            "Episodes where (a step holds “a”, or no step holds “b”), and (a step holds “b”, or no "
            "step holds “c”).",
        ),
        (
            "a project:x steps:>5",
            "Episodes where a step holds “a”, and the project is “x”, and its number of steps is "
            "more than 5.",
        ),
        (
            "before:7d or tag:x",
            "Episodes where it began more than 7 days ago, or a tag is x.",
        ),
    ],
)
def test_a_search_in_words(text: str, sentence: str) -> None:
    assert explain(parse(text)) == sentence
