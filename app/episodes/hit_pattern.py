"""Where the things that a search asks for stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from app.episodes.highlighting import MOST_SPANS, Ink, Span
from hpm_engine import Marked, marked

_EXPRESSION_S = 0.01  # for one text, on the window's own thread; a slower one is marked no more


class HitPattern:
    """What a search's hits hold: words as the index has them, and regular expressions."""

    def __init__(self, terms: tuple[Marked, ...]) -> None:
        words = [term.pattern() for term in terms if not term.regex]
        self._words = re.compile("|".join(words), re.IGNORECASE) if words else None
        self._expressions = [_compiled(term.text) for term in terms if term.regex]

    def first(self, text: str, start: int, stop: int) -> tuple[int, int] | None:
        """The first place between two positions: where it begins and ends."""
        if self._words is not None and (found := self._words.search(text, start, stop)):
            return found.span()
        return next(self._found(text, start, stop), None)

    def spans(self, text: str) -> Iterator[Span]:
        """Every place in ``text``."""
        places = [found.span() for found in self._words.finditer(text)] if self._words else []
        places += self._found(text, 0, len(text))
        for start, stop in places[:MOST_SPANS]:
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
    """What finds a search's hits in a text; None for one that asks for nothing in a text."""
    terms = _known(query)
    return HitPattern(terms) if terms else None


def _compiled(expression: str) -> Any:
    import regex  # only who asks for expressions waits for the module

    return regex.compile(expression)
