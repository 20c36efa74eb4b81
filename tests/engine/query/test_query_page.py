"""The manual's page on the query language is written from the grammar's own table."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hpm_engine.config import (
    EXPRESSION_CHARACTERS,
    EXPRESSION_SECONDS,
    EXPRESSION_STEPS,
    SEARCH_CHARACTERS,
    SEARCH_TERMS,
)
from hpm_engine.query import describe, explain, parse
from hpm_engine.query.fields import FIELDS, Kind
from hpm_engine.query.notes import NOTE_FIELDS

PAGE = Path(__file__).parents[3] / "resources" / "manual" / "query.md"
REMAKE = "HPM_UPDATE_DOCS=1 pytest tests/engine/query/test_query_page.py"
_LONGEST = EXPRESSION_CHARACTERS.value
_STEPS = EXPRESSION_STEPS.value
_SECONDS = EXPRESSION_SECONDS.value
_NOTE_FIELDS = ", ".join(f"`{name}:`" for name in NOTE_FIELDS)

WORDS = (
    ("timeout", "the word, in any step"),
    ("timeout retry", "both words, in one and the same step"),
    ('"no space left"', "the words next to each other, in this order"),
    ("migrat*", "any word that begins so"),
    ("UserProfile", "the name, and longer ones that it is a part of: `getUserProfileById`"),
    ("会议", "a word of a script without spaces, wherever it stands in the text"),
    ("disk or memory", "one of them; `or` binds weaker than standing side by side"),
    ("(disk or memory) full", "parentheses group"),
    ("timeout -retry", "a step with the first word and without the second"),
    ("-timeout", "no step has the word; `not timeout` is the same"),
    ("main()", "code may stand as it is: its own parentheses belong to the word"),
    ('"or"', "quotes make a word of what would be an operator or a field"),
)
VALUES = (
    ("project:tidewater", "the whole value, capitals or not"),
    ('project:"my project"', "a value with spaces"),
    ("agent:codex,claude-code", "one of several values of a name or a state, without spaces"),
    ("model:claude-*", "`*` stands for any text"),
    ("steps:>200", "also `<`, `>=`, `<=` and `=`"),
    ("tokens:10k..2M", "from one number to another; either may be left out"),
    ("after:2026-01-31", "a local day, from its first moment; `2026-01`, `2026` work too"),
    ("after:2026-01-31T14:00", "a local time; also `14:00:30`"),
    ("after:2026-01-31T14:00+09:00", "a time with its own offset; `Z` is UTC"),
    ('before:"2026-01-31 14:00 +09:00"', "the same as `hpm` writes it"),
    ("after:today", "since local midnight; also `yesterday`"),
    ("before:7d", "more than 7 times 24 hours ago; `12h` and `2w` work too"),
    ("-is:pinned", "a minus negates fields and groups as well"),
    (r're:"\bE\d{3}\b"', "a regular expression, in quotes if it has spaces or quotes"),
)
NOTES = f"""## How it is read

- Capitals and accents make no difference in words, and punctuation is not searched: `foo-bar` finds
  the words `foo` and `bar` next to each other. In regular expressions everything counts.
- What is said of steps holds in one step wherever something must be there: `error tool:bash -retry`
  finds episodes that called bash and have a step with *error* and without *retry*. A search of
  exclusions alone is about the whole episode.
- A quote inside quotes is written `\\"`, a backslash before a quote `\\\\`.
- An episode's time is when it began. Episodes without a time are in no span, and those without a
  known cost in no range.
- `path:` looks at the arguments of tool calls; `tool:` at what an episode called anywhere.
- A regular expression has at most {_LONGEST} characters, reads at most {_STEPS:,} steps
  and takes at most {_SECONDS:g} seconds; beyond that the search says so, and finds nothing.
  Words, a project or a span of time beside it narrow what it has to read.
- `kept:` and `learned:` are two facts: what is learned may be whole, compressed or evicted.
  `tier:`, which mixed them, is for searches that were saved with it: `tier:episodic` is
  `kept:whole`, `tier:compressed` is `kept:compressed or kept:evicted`, `tier:consolidated` is
  `learned:yes`.
- `near:` needs an encoder; without one the search says so.
- Notes of agents' memories (the Notes view, `hpm notes --find`) are found by the same language:
  words stand in one note, and of the fields there are {_NOTE_FIELDS}. A note's
  time is when it was last written. The last word may be the beginning of one, unless in quotes.
- A search has at most {SEARCH_CHARACTERS.value:,} characters and {SEARCH_TERMS.value} terms.
- A word with a colon that is no field (`http://…`, `std::string`) is searched as text; one that is
  nearly a field is asked about.

## Times

People read and write local time, programs get UTC:

| where | how |
|---|---|
| searches, `--from`, `--to` | local, unless an offset is given (`+09:00`, `Z` for UTC) |
| what `hpm` prints | local with its offset: `2026-11-29 08:30 +09:00`; a day alone is a local day |
| the window | local; an hour that the clock shows twice with its offset |
| tips and copied rows in the window | local with its offset |
| `--json`, JSON Lines, CSV and ATIF | UTC: microseconds since 1970, or ISO with a `Z` |

- The zone is the computer's (`TZ`, where it is set). Days begin at local midnight and may have 23
  or 25 hours; `7d` is always 7 times 24 hours.
- A time that the clock skips is taken as much later (02:30 as 03:30); one that it shows twice is
  the first, unless an offset says which. `hpm episodes --explain` prints the moment that is meant.
- Dates are read anew whenever a search runs: a saved search for `today` means something else
  tomorrow, and one for a day another span in another zone.
- A time without a zone in a trace is taken as UTC.
"""


def table(rows: list[tuple[str, str]], heads: tuple[str, str]) -> list[str]:
    lines = [f"| {heads[0]} | {heads[1]} |", "|---|---|"]
    return [*lines, *(f"| `{text}` | {meaning} |" for text, meaning in rows), ""]


def page() -> str:
    lines = ["# The query language", "", f"Written by a test: `{REMAKE}`.", ""]
    lines += [
        "The same in the window's search box, in `hpm episodes` and in `EpisodeQuery.text`.",
        "",
    ]
    lines += ["## Words", "", *table(list(WORDS), ("search", "finds"))]
    lines += ["## Fields", "", "| field | what it is about | example |", "|---|---|---|"]
    for info in FIELDS.values():
        choices = ", ".join(f"`{value}` ({meaning})" for value, meaning in info.values)
        meaning = f"{info.meaning}: {choices}" if choices else info.meaning
        lines.append(f"| `{info.name}:` | {meaning} | `{info.example}` |")
    lines += ["", "## Values", "", *table(list(VALUES), ("search", "what it shows")), NOTES]
    return "\n".join(lines)


def test_the_page_is_what_the_grammar_says() -> None:
    if os.environ.get("HPM_UPDATE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_field_of_the_grammar_is_on_the_page_and_the_reverse() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+):` \|", text, re.M)) == set(FIELDS)
    for info in FIELDS.values():
        if info.kind in (Kind.STATE, Kind.CHOICE):
            assert all(f"`{value}`" in text for value in info.names)


def test_every_search_on_the_page_is_one() -> None:
    for text, _ in (*WORDS, *VALUES):
        node = parse(text)
        assert parse(describe(node)) == node and explain(node)
