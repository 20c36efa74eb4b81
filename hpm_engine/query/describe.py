"""The canonical text of a search."""

from __future__ import annotations

import re

from hpm_engine.query.nodes import (
    And,
    Date,
    FieldIs,
    Lookup,
    Near,
    Node,
    Not,
    Or,
    Path,
    Range,
    Regex,
    State,
    Text,
)
from hpm_engine.query.tokens import is_operator, quote

_BARE = re.compile(r"[\w./@#+%=,;!?~^&|'][\w./@#+%=,;!?~^&|'-]*")


def describe(node: Node) -> str:
    """The text of a search; parsing it gives ``node`` again."""
    match node:
        case And(items):
            return " ".join(_within(item, Or) for item in items)
        case Or(items):
            return " or ".join(map(describe, items))
        case Not(item):
            return "-" + _within(item, And | Or)
        case Text(value, prefix):
            return _term(value + "*" * prefix, bare=bool(value) and _is_bare(value))
        case Path(value, True):
            return f"path:{value}*"
        case Path(value, False):
            return "path:" + _value(value)
        case FieldIs(field, value, True):
            return f"{field}:{value}"
        case FieldIs(field, value, False):
            return f"{field}:{_term(value, bare=_is_bare_value(value))}"
        case State(field, value) | Date(field, value):
            return f"{field}:{value}"
        case Range():
            return f"{node.field}:{bounds(node)}"
        case Regex(pattern):
            return f're:"{_escaped(pattern)}"'
        case Near(text):
            return "near:" + quote(text)
        case Lookup(kind, text):
            return f"{kind.value}:{_value(text)}"
    raise AssertionError(node)


def bounds(node: Range) -> str:
    """A range's bounds as written after the colon."""
    if node.low is not None and node.high is not None:
        low, high = number(node.low), number(node.high)
        return low if low == high else f"{low}..{high}"
    if node.low is not None:
        return f">{'' if node.low_open else '='}{number(node.low)}"
    return f"<{'' if node.high_open else '='}{number(node.high or 0)}"


def number(value: float) -> str:
    """A number as text, without needless digits."""
    return str(int(value)) if value == int(value) and value < 1e15 else repr(value)


def _within(node: Node, grouped: type[Node] | object) -> str:
    text = describe(node)
    return f"({text})" if isinstance(node, grouped) else text  # type: ignore[arg-type]


def _is_bare(text: str) -> bool:
    return bool(_BARE.fullmatch(text)) and not is_operator(text)


def _term(text: str, *, bare: bool) -> str:
    return text if bare else quote(text)


def _is_bare_value(value: str) -> bool:
    """Whether a value needs no quotes; with a comma it would be two."""
    return bool(_BARE.fullmatch(value)) and "," not in value


def _value(value: str) -> str:
    return _term(value, bare=bool(_BARE.fullmatch(value)))


def _escaped(pattern: str) -> str:
    """The expression with its quotes escaped; pairs with a backslash stay unchanged."""
    return re.sub(r'\\.|"', lambda pair: '\\"' if pair[0] == '"' else pair[0], pattern, flags=re.S)
