"""The spans of a text that a search asks for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from app.episodes.text.spans import MOST_SPANS, Ink, Span
from hpm_engine import Marked, Marks, marked

_EXPRESSION_S = 0.01  # for one text; a slower expression is dropped


class HitPattern:
    """What a search finds in a text: words as the index has them, and regular expressions."""

    def __init__(self, terms: tuple[Marked, ...]) -> None:
        self._words = Marks(terms)
        self._expressions = [_compiled(term.text) for term in terms if term.regex]

    def first(self, text: str, start: int, stop: int) -> tuple[int, int] | None:
        """The first span (start, end) between two offsets."""
        if span := next(self._words.spans(text[:stop], start), None):
            return span
        return next(self._found(text, start, stop), None)

    def spans(self, text: str) -> Iterator[Span]:
        """Every span in ``text``."""
        pairs = list(self._words.spans(text))
        pairs += self._found(text, 0, len(text))
        for start, stop in pairs[:MOST_SPANS]:
            yield Span(start, stop - start, Ink.HIT)

    def _found(self, text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
        for expression in tuple(self._expressions):
            try:
                for number, match in enumerate(
                    expression.finditer(text, start, stop, timeout=_EXPRESSION_S)
                ):
                    if number >= MOST_SPANS:
                        break
                    if match.end() > match.start():
                        yield match.span()
            except TimeoutError:
                self._expressions.remove(expression)


@lru_cache(maxsize=8)
def _known(query: str) -> tuple[Marked, ...]:
    return marked(query)


def hit_pattern(query: str) -> HitPattern | None:
    """The pattern of a search; None for one that asks for nothing in a text."""
    terms = _known(query)
    return HitPattern(terms) if terms else None


def _compiled(expression: str) -> Any:
    import regex  # only who asks for expressions waits for the module

    return regex.compile(expression)
