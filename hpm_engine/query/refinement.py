"""A search taken apart into its filters and the rest, and put together with other filters.

A filter is a part of the whole search, not of one side of an ``or``, that asks for values of one
field: ``project:tide,lighthouse``, ``-agent:codex``, ``(tag:"my tag" or tag:b)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from hpm_engine.query.fields import FIELDS, Kind
from hpm_engine.query.grammar import parse
from hpm_engine.query.nodes import And, Date, FieldIs, Node, Not, Or, State
from hpm_engine.query.tokens import Sort, quote, tokens

_BARE = re.compile(r"[^\s()\"*,]+")


class Chosen(msgspec.Struct, frozen=True):
    """The values of a field that a search asks for, and those that it leaves out."""

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class Filters(msgspec.Struct, frozen=True):
    """A search taken apart: each field with its values and its text, and the text of the rest."""

    rest: str
    chosen: Mapping[str, Chosen]
    texts: Mapping[str, str]


def field_term(field: str, value: str) -> str:
    """A field with one value as it is written in a search, in quotes where it needs them."""
    return f"{field}:{value if _BARE.fullmatch(value) else quote(value)}"


def narrowed(text: str, term: str, *, excluded: bool = False) -> str:
    """A search that holds a term as well, or leaves out what it finds; raises ``BadQuery``."""
    return " ".join([*_parts(text), f"-{term}" if excluded else term])


def filters_of(text: str) -> Filters:
    """A search taken apart; raises ``BadQuery``."""
    rest: list[str] = []
    chosen: dict[str, Chosen] = {}
    texts: dict[str, list[str]] = {}
    for part in _parts(text):
        asked = _asked(parse(part))
        if asked is None:
            rest.append(part)
            continue
        field, values, excluded = asked
        before = chosen.get(field, Chosen())
        chosen[field] = (
            Chosen(before.included, (*before.excluded, *values))
            if excluded
            else Chosen((*before.included, *values), before.excluded)
        )
        texts.setdefault(field, []).append(part)
    joined = {field: " ".join(parts) for field, parts in texts.items()}
    return Filters(" ".join(rest), chosen, joined)


def with_filter(text: str, field: str, chosen: Chosen) -> str:
    """The search with these values of a field in place of those that it asks for."""
    kept = []
    for part in _parts(text):
        asked = _asked(parse(part))
        if asked is None or asked[0] != field:
            kept.append(part)
    return " ".join([*kept, *_terms(field, chosen)])


def _terms(field: str, chosen: Chosen) -> Iterator[str]:
    alone = FIELDS[field].kind in (Kind.STATE, Kind.DATE)  # each is a fact of its own
    for values, minus in ((chosen.included, ""), (chosen.excluded, "-")):
        terms = [field_term(field, value) for value in values]
        if alone:
            yield from (minus + term for term in terms)
        elif len(terms) > 1 and any('"' in term for term in terms):
            yield f"{minus}({' or '.join(terms)})"
        elif terms:
            yield f"{minus}{field}:{','.join(term.partition(':')[2] for term in terms)}"


def _parts(text: str) -> list[str]:
    """The texts that all hold in a search; the whole of one with an ``or`` in parentheses."""
    parse(text)
    parts: list[str] = []
    depth, start, negated = 0, 0, False
    for token in tokens(text):
        if depth == 0 and token.sort is Sort.OR:
            return [f"({text.strip()})"]
        if depth == 0 and not negated:
            start = token.start
        if token.sort is Sort.OPEN:
            depth += 1
        elif token.sort is Sort.CLOSE:
            depth -= 1
        negated = depth == 0 and token.sort is Sort.NOT
        if depth == 0 and token.sort in (Sort.TERM, Sort.CLOSE):
            parts.append(text[start : token.end])
    return parts


def _asked(node: Node) -> tuple[str, tuple[str, ...], bool] | None:
    """The field that a part asks for, its values, and whether they are left out."""
    excluded = isinstance(node, Not)
    inner = node.item if isinstance(node, Not) else node
    items = inner.items if isinstance(inner, Or) else (inner,)
    if isinstance(inner, And):
        return None
    fields, values = set[str](), list[str]()
    for item in items:
        match item:
            case FieldIs(field, value, False) if FIELDS[field].kind in (Kind.NAME, Kind.CHOICE):
                fields.add(field)
                values.append(value)
            case State(field, value) if len(items) == 1:
                fields.add(field)
                values.append(value)
            case Date("after" as field, moment) if len(items) == 1 and not excluded:
                fields.add(field)
                values.append(moment)
            case _:
                return None
    return (fields.pop(), tuple(values), excluded) if len(fields) == 1 else None
