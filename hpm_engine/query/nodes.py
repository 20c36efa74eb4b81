"""What a search means: a frozen tree of conditions on episodes and on their steps."""

from __future__ import annotations

import msgspec

from hpm_engine.words.scripts import has_picture


class Text(msgspec.Struct, frozen=True, tag=True):
    """A step holds these words next to each other; with ``prefix`` the last may go on."""

    value: str
    prefix: bool = False


class Path(msgspec.Struct, frozen=True, tag=True):
    """A step has a tool call whose arguments name this path, or (``prefix``) one that goes on."""

    value: str
    prefix: bool = False


class Regex(msgspec.Struct, frozen=True, tag=True):
    """A text of a step fits a regular expression (of the module ``regex``, case counts)."""

    pattern: str


class Near(msgspec.Struct, frozen=True, tag=True):
    """The episode has a step near to this text in meaning."""

    text: str


class Field(msgspec.Struct, frozen=True, tag=True):
    """A field of the episode equals a value, ASCII case aside; in a pattern ``*`` is any text.

    A title need only hold the value, whatever the case of its letters.
    """

    field: str
    value: str
    pattern: bool = False


class State(msgspec.Struct, frozen=True, tag=True):
    """Something that an episode is or has: ``is:pinned``, ``has:error``."""

    field: str
    value: str


class Range(msgspec.Struct, frozen=True, tag=True):
    """A figure of the episode lies between two bounds; ``None`` does not bound."""

    field: str
    low: float | None = None
    high: float | None = None
    low_open: bool = False  # the bound itself does not count
    high_open: bool = False


class Date(msgspec.Struct, frozen=True, tag=True):
    """The episode began ``after`` (at or after) or ``before`` a moment.

    ``moment`` is kept as it was written (``2026-01-01``, ``7d``, ``today``): a search saved in
    relative terms means something else tomorrow. See ``hpm_engine.query.dates``.
    """

    field: str
    moment: str


class Not(msgspec.Struct, frozen=True, tag=True):
    """The condition does not hold."""

    item: Node


class And(msgspec.Struct, frozen=True, tag=True):
    """All conditions hold, those on texts in one and the same step. Without any: everything."""

    items: tuple[Node, ...] = ()


class Or(msgspec.Struct, frozen=True, tag=True):
    """At least one of the conditions holds."""

    items: tuple[Node, ...]


Node = Text | Path | Regex | Near | Field | State | Range | Date | Not | And | Or
EVERYTHING = And()


def has_words(text: str) -> bool:
    """Whether the full-text index could hold any of it: it holds letters, digits and emoji."""
    return any(character.isalnum() for character in text) or has_picture(text)


def on_steps(node: Node) -> bool:
    """Whether all of a condition can be told from one step."""
    match node:
        case And(items) | Or(items):
            return bool(items) and all(map(on_steps, items))
        case Not(item):
            return on_steps(item)
    return isinstance(node, Text | Path | Regex)


def needs_text(node: Node) -> bool:
    """Whether a condition on texts is only met by a step that holds something it asks for."""
    match node:
        case And(items):
            return any(map(needs_text, items))
        case Or(items):
            return all(map(needs_text, items))
        case Not(item):
            return not needs_text(item)
    return True
