"""Completions of a search under the cursor: fields, and the values in the store."""

from __future__ import annotations

import re

import msgspec

from hpm_engine.query.fields import FIELDS, Kind
from hpm_engine.query.refinement import field_term
from hpm_engine.values.episodes import Facets
from hpm_engine.words.plurals import counted

_MOST = 12  # choices
# Only where a term may begin, and with one match for each value: time stays linear.
_TYPED = re.compile(
    r"(?<![^\s(-])(?<![^\s(]-)"
    r'(?:(?P<field>[A-Za-z]+):(?P<value>"(?:[^"\\]|\\.?)*+|[^\s()"]*+)|(?P<word>[A-Za-z]*+))$'
)
_STARTS = re.compile(r"(?:^|[\s(])-?$")
_MOMENTS = (
    ("today", "since midnight"),
    ("yesterday", "since midnight of the day before"),
    ("24h", "24 hours ago"),
    ("7d", "7 days ago"),
    ("4w", "4 weeks ago"),
)


class Choice(msgspec.Struct, frozen=True):
    """One possible text, and its meaning."""

    text: str
    note: str = ""


class Completion(msgspec.Struct, frozen=True):
    """The texts that may replace the characters from ``start`` to ``end``; the likeliest first."""

    start: int
    end: int
    choices: tuple[Choice, ...] = ()


def complete(text: str, cursor: int, facets: Facets | None = None) -> Completion:
    """The completions at ``cursor``; without ``facets`` only those for every store."""
    before = text[:cursor]
    nothing = Completion(cursor, cursor)
    typed = _TYPED.search(before)
    if typed is None or not _STARTS.search(before[: typed.start()]):
        return nothing
    if _quotes(before[: typed.start()]) % 2:
        return nothing  # inside a phrase
    if typed["field"] is None:
        choices = _names(typed["word"].lower())
    else:
        field, value = typed["field"].lower(), typed["value"].lstrip('"').lower()
        choices = _fitting(field, value, _values(field, facets)) if field in FIELDS else []
    if [choice.text for choice in choices] == [typed[0]]:
        return nothing  # the text is complete
    return Completion(typed.start(), cursor, tuple(choices[:_MOST]))


def _quotes(text: str) -> int:
    return len(re.findall(r'(?<!\\)"', text))


def _names(typed: str) -> list[Choice]:
    """The fields that begin with ``typed``, or the values of those with few values."""
    choices = []
    for name, info in FIELDS.items():
        if not name.startswith(typed):
            continue
        if info.kind is Kind.STATE and typed:
            choices += [Choice(f"{name}:{value}", meaning) for value, meaning in info.values]
        else:
            choices.append(Choice(f"{name}:", info.meaning))
    return choices


def _values(field: str, facets: Facets | None) -> list[tuple[str, str]]:
    counted: dict[str, tuple[tuple[str, int], ...]] = {}
    if facets is not None:
        counted = {
            "project": facets.projects,
            "agent": facets.agents,
            "model": facets.models,
            "tool": facets.tools,
            "tag": facets.tags,
        }
    if field in counted:
        return [(value, _episodes(count)) for value, count in counted[field] if value]
    return list(_MOMENTS if FIELDS[field].kind is Kind.DATE else FIELDS[field].values)


def _fitting(field: str, typed: str, values: list[tuple[str, str]]) -> list[Choice]:
    """The values that begin with ``typed``, then those that contain it elsewhere."""
    begin = [value for value in values if value[0].lower().startswith(typed)]
    hold = [value for value in values if typed in value[0].lower() and value not in begin]
    return [Choice(field_term(field, value), note) for value, note in begin + hold]


def _episodes(count: int) -> str:
    return counted(count, "episode")
