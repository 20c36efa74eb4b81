"""What of a search is to be marked where it is found: what was asked for, not what was excluded."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.errors import BadQuery
from hpm_engine.query.grammar import parse
from hpm_engine.query.nodes import And, Node, Or, Path, Regex, Text, has_words


class Marked(msgspec.Struct, frozen=True):
    """A text that a matching step holds; with ``prefix`` its last word may go on.

    With ``regex`` it is an expression of the module ``regex``, to be run with its time limit.
    """

    text: str
    prefix: bool = False
    regex: bool = False


def marked(text: str) -> tuple[Marked, ...]:
    """What a search's hits hold, in its order; nothing for a search that cannot be understood."""
    try:
        return tuple(dict.fromkeys(_found(parse(text))))
    except BadQuery:
        return ()


def _found(node: Node) -> Iterator[Marked]:
    match node:
        case And(items) | Or(items):
            for item in items:
                yield from _found(item)
        case Text(value, prefix) | Path(value, prefix) if has_words(value):
            yield Marked(value, prefix)
        case Regex(pattern):
            yield Marked(pattern, regex=True)
