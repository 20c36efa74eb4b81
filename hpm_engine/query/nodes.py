"""The meaning of a search: a frozen tree of conditions on episodes and on their steps."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.words.scripts import has_picture


class Text(msgspec.Struct, frozen=True, tag=True):
    """A step contains these words as neighbours; with ``prefix`` the last may go on."""

    value: str
    prefix: bool = False


class Path(msgspec.Struct, frozen=True, tag=True):
    """A tool call's arguments name this path; with ``prefix`` the path may go on."""

    value: str
    prefix: bool = False


class Regex(msgspec.Struct, frozen=True, tag=True):
    """A text of a step fits a regular expression (of the module ``regex``, case counts)."""

    pattern: str


class Near(msgspec.Struct, frozen=True, tag=True):
    """The episode has a step near to this text in meaning."""

    text: str


class LookupKind(StrEnum):
    """What earlier sessions are asked about."""

    BLAME = "blame"  # which steps changed a file
    FIX = "fix"  # what made an error go away
    HOW = "how"  # how a tool was called that worked


class Lookup(msgspec.Struct, frozen=True, tag=True):
    """The episode has a step that answers: it changed the file, solved the error, worked."""

    kind: LookupKind
    text: str


class FieldIs(msgspec.Struct, frozen=True, tag=True):
    """A field of the episode equals a value, ASCII case aside; in a pattern ``*`` is any text.

    A title or a note need only contain the value, in letters of any case.
    """

    field: str
    value: str
    pattern: bool = False


class State(msgspec.Struct, frozen=True, tag=True):
    """Something that an episode is or has: ``is:pinned``, ``has:error``."""

    field: str
    value: str


class Range(msgspec.Struct, frozen=True, tag=True):
    """A figure of the episode is between two bounds; ``None`` is no bound."""

    field: str
    low: float | None = None
    high: float | None = None
    low_open: bool = False  # the bound itself does not count
    high_open: bool = False


class Date(msgspec.Struct, frozen=True, tag=True):
    """The episode began ``after`` (at or after) or ``before`` a moment.

    ``moment`` is kept as written (``2026-01-01``, ``7d``, ``today``): a saved search in relative
    terms means something else tomorrow. See ``hpm_engine.query.dates``.
    """

    field: str
    moment: str


class Not(msgspec.Struct, frozen=True, tag=True):
    """The condition does not hold."""

    item: Node


class And(msgspec.Struct, frozen=True, tag=True):
    """All conditions hold, those on texts in one step. Without conditions: everything."""

    items: tuple[Node, ...] = ()


class Or(msgspec.Struct, frozen=True, tag=True):
    """At least one of the conditions holds."""

    items: tuple[Node, ...]


Node = Text | Path | Regex | Near | Lookup | FieldIs | State | Range | Date | Not | And | Or
EVERYTHING = And()


def has_words(text: str) -> bool:
    """Whether a text has anything for the full-text index: letters, digits or emoji."""
    return any(character.isalnum() for character in text) or has_picture(text)


def on_steps(node: Node) -> bool:
    """Whether one step is enough to judge the condition."""
    match node:
        case And(items) | Or(items):
            return bool(items) and all(map(on_steps, items))
        case Not(item):
            return on_steps(item)
    return isinstance(node, Text | Path | Regex)


def needs_text(node: Node) -> bool:
    """Whether only a step with one of its texts meets a condition on texts."""
    match node:
        case And(items):
            return any(map(needs_text, items))
        case Or(items):
            return all(map(needs_text, items))
        case Not(item):
            return not needs_text(item)
    return True
