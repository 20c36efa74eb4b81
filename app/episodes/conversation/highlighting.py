"""Spans of a text to be painted in colour: keys, strings, added lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum, auto
from typing import NamedTuple

MOST_SPANS = 4_000
MOST_TEXT = 20_000  # characters: a hostile text costs a pattern up to 300 steps for each


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
    HIT = auto()


class Span(NamedTuple):
    """A span of ``length`` characters from ``start``."""

    start: int
    length: int
    ink: Ink


_DIFF = re.compile(r"^(?:diff --git |@@ -\d|--- .*\n\+\+\+ )", re.M)
_DIFF_LINE = re.compile(
    r"^(?:(?P<place>@@|diff --git|---|\+\+\+)|(?P<added>\+)|(?P<removed>-)).*$", re.M
)
_JSON = re.compile(
    r'(?P<key>"(?:[^"\\\n]|\\.){0,200}+"(?=\s*:))|(?P<string>"(?:[^"\\\n]|\\.){0,300}+")'
    r"|(?P<number>-?\b\d[\d.eE+-]{0,30}\b)|(?P<keyword>\b(?:true|false|null)\b)"
)
_CODE = re.compile(
    r"(?P<comment>(?:^|(?<=\s))#[^\n]*|//[^\n]*)"
    r'|(?P<string>"(?:[^"\\\n]|\\.){0,300}+"|\'(?:[^\'\\\n]|\\.){0,300}+\')'
    r"|(?P<key>^\w{1,40}(?=:\s))"
    r"|(?P<keyword>\b(?:def|class|return|import|from|if|elif|else|for|while|try|except|with|as|in"
    r"|not|and|or|None|True|False|const|let|var|function|async|await|fi|then|do|done|esac|case"
    r"|export|cd|ls|cat|grep|sed|git|python3?|pip|npm|echo|rm|mkdir|find)\b)",
    re.M,
)
_FENCE = "```"


def spans(text: str, *, code: bool) -> Iterator[Span]:
    """The spans of a text in order; ``code`` says that it is a call's arguments."""
    for number, span in enumerate(_spans(text[:MOST_TEXT], code)):
        if number >= MOST_SPANS:
            return
        yield span


def _spans(text: str, code: bool) -> Iterator[Span]:
    if _DIFF.search(text):
        yield from _matches(_DIFF_LINE, text)
    elif text.lstrip()[:1] in ("{", "["):
        yield from _matches(_JSON, text)
    elif code:
        yield from _matches(_CODE, text)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if match.lastgroup and match.end() > match.start():
            yield Span(match.start(), match.end() - match.start(), Ink(match.lastgroup))


def fences(text: str) -> Iterator[Span]:
    """The spans of code between ``` lines of a message."""
    opening = text.find(_FENCE)
    while opening >= 0 and (line_end := text.find("\n", opening)) >= 0:
        start = line_end + 1
        closing = text.find(_FENCE, start)
        end = len(text) if closing < 0 else closing
        if end > start:
            yield Span(start, end - start, Ink.CODE)
        opening = text.find(_FENCE, end + len(_FENCE))
