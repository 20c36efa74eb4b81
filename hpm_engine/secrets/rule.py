"""A rule: by which words a kind of secret is noticed, and what it looks like."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import msgspec

VERSION = 1  # of the table: raised when a rule is added or finds something else
# Rules that say least of what a secret is: another's name is told where both find one.
GENERAL = frozenset(
    ("password", "key-name", "bearer", "url-password", "basic", "base64", "url-token")
)
MARK = re.compile(rb"\[REDACTED:([a-z0-9-]{2,40}):([0-9a-f]{8})\]")
OVERLAP = 40 * 1024  # bytes that two parts share: more than any rule sees
Check = Callable[[bytes], bool]


class SecretRule(msgspec.Struct, frozen=True):
    """One kind of secret.

    ``keywords`` are searched in any case of letters: ``#`` in one is a hexadecimal digit, ``?`` a
    letter, a digit, ``_`` or ``-``, ``[…]`` one of these. An expression is tried ``back`` bytes
    before one, and nowhere else: so its time does not grow with the text. The secret is the group
    ``s``, or all. ``check`` may say no to what only looks like one.
    """

    id: str
    title: str  # in words
    keywords: tuple[str, ...]
    pattern: bytes
    check: Check | None = None
    alone: bool = True  # the keyword begins a word
    reach: int = 512  # bytes from the keyword on that the expression may see
    back: int = 0


class SecretFinding(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where a secret stands, in bytes, and by which rule."""

    start: int
    end: int
    rule: str


@cache
def compiled(pattern: bytes) -> re.Pattern[bytes]:
    """The expression; most rules never need theirs."""
    return re.compile(pattern)


def span_of(match: re.Match[bytes]) -> tuple[int, int]:
    """Where the secret stands in what an expression found."""
    if match.re.groups and match.start("s") >= 0:
        return match.span("s")
    return match.span()
