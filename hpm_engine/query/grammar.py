"""The grammar of searches: a text becomes a tree of conditions.

::

    any    = all { "or" all }
    all    = one { [ "and" ] one }
    one    = ( "-" | "not" ) one | "(" any ")" | term
    term   = word | word* | "phrase" | field:value | field:"value"
"""

from __future__ import annotations

from hpm_engine.config import SEARCH_TERMS
from hpm_engine.errors import BadQuery
from hpm_engine.query.nodes import EVERYTHING, And, Node, Not, Or, Text, has_words
from hpm_engine.query.tokens import Sort, Token, tokens
from hpm_engine.query.values import condition

_DEEPEST = 40  # levels of groups


def parse(text: str) -> Node:
    """The condition that a search states; an empty text means everything.

    Raises ``BadQuery`` that says where the text cannot be understood, why, and what was expected.
    """
    _check_storable(text)
    parts = list(tokens(text))
    terms = [token for token in parts if token.sort is Sort.TERM]
    if len(terms) > SEARCH_TERMS.value:
        raise terms[SEARCH_TERMS.value].bad(
            f"a search has at most {SEARCH_TERMS.value} terms; this one has {len(terms)}."
        )
    return _Parser(parts, len(text)).whole() if parts else EVERYTHING


def both(items: list[Node]) -> Node:
    """All of ``items``, without nested groups and without punctuation beside words."""
    flat: list[Node] = []
    for item in items:
        flat += item.items if isinstance(item, And) else [item]
    kept = [item for item in flat if not _is_punctuation(item)] or flat[:1]
    return kept[0] if len(kept) == 1 else And(tuple(kept))


def either(items: list[Node]) -> Node:
    """One of ``items``."""
    flat: list[Node] = []
    for item in items:
        flat += item.items if isinstance(item, Or) else [item]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negated(item: Node) -> Node:
    """Not ``item``; two negations cancel out."""
    return item.item if isinstance(item, Not) else Not(item)


def _is_punctuation(item: Node) -> bool:
    if isinstance(item, Not):
        item = item.item
    return isinstance(item, Text) and not has_words(item.value)


class _Parser:
    def __init__(self, parts: list[Token], end: int) -> None:
        self._tokens = parts
        self._position = 0
        self._end = end
        self._depth = 0

    def whole(self) -> Node:
        node = self._any()
        if token := self._next():
            raise token.bad('this ")" closes nothing. Put code in quotes to search for it.')
        return node

    def _next(self, *sorts: Sort) -> Token | None:
        """The next token; None if it is of none of the given sorts."""
        if self._position == len(self._tokens):
            return None
        token = self._tokens[self._position]
        return token if not sorts or token.sort in sorts else None

    def _take(self, *sorts: Sort) -> Token | None:
        token = self._next(*sorts)
        self._position += token is not None
        return token

    def _any(self) -> Node:
        items = [self._all()]
        while operator := self._take(Sort.OR):
            items.append(self._all(operator))
        return either(items)

    def _all(self, before: Token | None = None) -> Node:
        items = [self._one(before)]
        while self._next() and not self._next(Sort.OR, Sort.CLOSE):
            items.append(self._one(self._take(Sort.AND)))
        return both(items)

    def _one(self, before: Token | None) -> Node:
        token = self._take(Sort.TERM, Sort.OPEN, Sort.NOT)
        if token is None:
            raise self._missing(before)
        if token.sort is Sort.TERM:
            return condition(token) if token.field else _text(token)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise token.bad(f"groups may be nested {_DEEPEST} deep, not deeper.")
        node = negated(self._one(token)) if token.sort is Sort.NOT else self._group(token)
        self._depth -= 1
        return node

    def _group(self, opening: Token) -> Node:
        if self._next(Sort.CLOSE):
            raise opening.bad("there is nothing between these parentheses.")
        node = self._any() if self._next() else None
        if node is None or not self._take(Sort.CLOSE):
            raise opening.bad('this "(" is never closed. Add a ")", or put code in quotes.')
        return node

    def _missing(self, before: Token | None) -> BadQuery:
        """The error for a missing term."""
        token = self._next()
        if before is not None:
            return before.bad(
                f"“{before.value}” needs a word, a field or a group after it. Put it in quotes "
                "to search for the word."
            )
        if token is None:
            return BadQuery("Something is missing at the end.", self._end)
        if token.sort is Sort.CLOSE:
            return token.bad('this ")" closes nothing. Put code in quotes to search for it.')
        return token.bad(
            f"“{token.value}” needs a word, a field or a group before it. Put it in quotes to "
            "search for the word."
        )


def _text(token: Token) -> Node:
    value = token.text()
    prefix = value.endswith("*")
    return Text(value.rstrip("*"), prefix)


def _check_storable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadQuery(
            f"At position {error.start + 1}: a character that no text can hold. Take it away.",
            error.start,
        ) from error
