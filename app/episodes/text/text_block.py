"""Blocks of a text: a paragraph, a heading, a box of code, a table, each with its spans."""

from __future__ import annotations

from enum import StrEnum, auto

import msgspec

from app.episodes.text.spans import Span


class Shape(StrEnum):
    """How a block is set."""

    PARAGRAPH = auto()
    HEADING = auto()
    CODE = auto()
    RULE = auto()
    TABLE = auto()


class Link(msgspec.Struct, frozen=True):
    """Characters of a block that lead somewhere; never followed without asking."""

    start: int
    stop: int
    target: str


class TextBlock(msgspec.Struct, frozen=True):
    """A block as it is painted: its text has nothing invisible left, and no endless line.

    ``marker`` stands before the first line: a bullet, a number, a box of a task.
    ``cells`` are the rows of a table, the first of them its head.
    """

    shape: Shape
    text: str = ""
    spans: tuple[Span, ...] = ()
    links: tuple[Link, ...] = ()
    level: int = 0  # of a heading, 1 to 6
    indent: int = 0  # levels of lists
    quotes: int = 0  # levels of quotation
    marker: str = ""
    tight: bool = False  # close to the block above, as items of a list are
    cells: tuple[tuple[TextBlock, ...], ...] = ()
