"""A search with a term more: what a click on a value adds to what was typed."""

from __future__ import annotations

import re

from hpm_engine.query.grammar import parse
from hpm_engine.query.nodes import Or
from hpm_engine.query.tokens import quote

_BARE = re.compile(r"[^\s()\"*,]+")


def field_term(field: str, value: str) -> str:
    """A field with one value as it is written in a search, in quotes where it needs them."""
    return f"{field}:{value if _BARE.fullmatch(value) else quote(value)}"


def narrowed(text: str, term: str, *, excluded: bool = False) -> str:
    """A search that holds a term as well, or leaves out what it finds; raises ``BadQuery``."""
    added = f"-{term}" if excluded else term
    typed = text.strip()
    if not typed:
        return added
    return f"({typed}) {added}" if isinstance(parse(typed), Or) else f"{typed} {added}"
