"""Spans of a text that are painted in a way of their own."""

from __future__ import annotations

from enum import StrEnum, auto
from typing import NamedTuple

MOST_SPANS = 4_000


class Ink(StrEnum):
    """The kind of a span, by which it is painted."""

    KEY = auto()
    STRING = auto()
    NUMBER = auto()
    KEYWORD = auto()
    COMMENT = auto()
    ADDED = auto()
    REMOVED = auto()
    PLACE = auto()
    CODE = auto()
    STRONG = auto()
    EMPHASIS = auto()
    STRUCK = auto()
    LINK = auto()
    HIT = auto()


class Span(NamedTuple):
    """A span of ``length`` characters from ``start``."""

    start: int
    length: int
    ink: Ink
