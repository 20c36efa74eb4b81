"""The condition that a field and its value make."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from hpm_engine.config import EXPRESSION_CHARACTERS, VALUE_STARS
from hpm_engine.query import dates
from hpm_engine.query.fields import FIELDS, Kind
from hpm_engine.query.near_miss import nearest
from hpm_engine.query.nodes import (
    Date,
    FieldIs,
    Lookup,
    LookupKind,
    Near,
    Node,
    Or,
    Path,
    Range,
    Regex,
    State,
    has_words,
)
from hpm_engine.query.tokens import Token

_LISTED = (Kind.NAME, Kind.CHOICE)  # whose values may stand in a row, with commas
_DIGITS = r"(\d{1,15}(?:\.\d{1,9})?(?:e[+-]?\d{1,2})?)([km]?)"
_COMPARED = re.compile(rf"(>=|<=|>|<|=)?{_DIGITS}", re.IGNORECASE | re.ASCII)
_SPAN = re.compile(rf"(?:{_DIGITS})?\.\.(?:{_DIGITS})?", re.IGNORECASE | re.ASCII)
_SCALE = {"": 1, "k": 1_000, "m": 1_000_000}
_NUMBERS = "a number (200, 1.5k, 2M), a comparison (>200, <=10) or a span (10..20)"


def condition(token: Token) -> Node:
    """The condition that a field and its value, or one of several, state; raises ``BadQuery``."""
    kind = FIELDS[token.field].kind
    values = token.value.split(",")
    if token.quoted or kind not in _LISTED or len(values) == 1:
        return _READERS[kind](token)
    if not all(values):
        raise token.bad("there is a comma without a value beside it. Put a value there, or quotes.")
    read = _READERS[kind]
    parts = [read(msgspec.structs.replace(token, value=value)) for value in dict.fromkeys(values)]
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _name(token: Token) -> Node:
    text = token.text()
    pattern = "*" in text and not token.quoted
    if pattern:
        text = re.sub(r"\*+", "*", text)
        if text.count("*") > VALUE_STARS.value:
            raise token.bad(f"a value has at most {VALUE_STARS.value} stars.")
    return FieldIs(token.field, text, pattern)


def _words(token: Token) -> Node:
    if not token.text().strip(" *"):
        raise token.bad(f"{token.field}: needs words, for example {FIELDS[token.field].example}.")
    return _name(token)


def _choice(token: Token) -> Node:
    return FieldIs(token.field, _one_of(token))


def _state(token: Token) -> Node:
    return State(token.field, _one_of(token))


def _one_of(token: Token) -> str:
    text, known = token.text().lower(), FIELDS[token.field].names
    if text in known:
        return text
    meant = nearest(text, known)
    hint = f"Did you mean {token.field}:{meant}? " if meant else ""
    choices = ", ".join(known[:-1]) + f" or {known[-1]}"
    raise token.bad(f"{token.field}: cannot be “{text}”. {hint}It can be {choices}.")


def _number(token: Token) -> Node:
    text = token.text().strip()
    if span := _SPAN.fullmatch(text):
        low = _scaled(span[1], span[2]) if span[1] else None
        high = _scaled(span[3], span[4]) if span[3] else None
        if low is None and high is None:
            raise token.bad(f"{token.field}: needs {_NUMBERS}.")
        if low is not None and high is not None and low > high:
            raise token.bad(f"{text} holds nothing: the first number must be the smaller one.")
        return Range(token.field, low, high)
    compared = _COMPARED.fullmatch(text)
    if not compared:
        raise token.bad(f"“{text}” is no number. {token.field}: needs {_NUMBERS}.")
    value = _scaled(compared[2], compared[3])
    match compared[1]:
        case ">" | ">=":
            return Range(token.field, low=value, low_open=compared[1] == ">")
        case "<" | "<=":
            return Range(token.field, high=value, high_open=compared[1] == "<")
    return Range(token.field, value, value)


def _scaled(digits: str, unit: str) -> float:
    return float(digits) * _SCALE[unit.lower()]


def _date(token: Token) -> Node:
    try:
        return Date(token.field, dates.canonical(token.text()))
    except ValueError:
        raise token.bad(
            f"“{token.text()}” is no moment. {token.field}: needs {dates.EXPECTED}."
        ) from None


def _path(token: Token) -> Node:
    text = token.text()
    prefix = text.endswith("*") and not token.quoted
    return Path(text.rstrip("*") if prefix else text, prefix)


def _regex(token: Token) -> Node:
    pattern = re.sub(r'\\(["\\])', _unquoted, token.value) if token.quoted else token.value
    if not pattern:
        raise token.bad("re: needs an expression.")
    if len(pattern) > EXPRESSION_CHARACTERS.value:
        raise token.bad(
            f"a regular expression has at most {EXPRESSION_CHARACTERS.value} characters."
        )
    import regex  # slow to import, so only for searches with an expression

    try:
        regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError, MemoryError, ValueError) as error:
        position = token.value_start + min(getattr(error, "pos", None) or 0, len(token.value)) + 1
        raise token.bad(
            f"the regular expression cannot be understood ({getattr(error, 'msg', error)}, near "
            f"position {position})."
        ) from error
    return Regex(pattern)


def _unquoted(pair: re.Match[str]) -> str:
    return '"' if pair[1] == '"' else pair[0]  # a backslash pair is the expression's own


def _near(token: Token) -> Node:
    text = " ".join(token.text().split())
    if not text:
        raise token.bad('near: needs a text, for example near:"login breaks".')
    return Near(text)


def _lookup(token: Token) -> Node:
    text = " ".join(token.text().split())
    if not has_words(text):
        raise token.bad(f"{token.field}: needs a text, for example {FIELDS[token.field].example}.")
    return Lookup(LookupKind(token.field), text)


_READERS: dict[Kind, Callable[[Token], Node]] = {
    Kind.NAME: _name,
    Kind.WORDS: _words,
    Kind.CHOICE: _choice,
    Kind.STATE: _state,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.PATH: _path,
    Kind.REGEX: _regex,
    Kind.NEAR: _near,
    Kind.LOOKUP: _lookup,
}
