"""Amounts in traces, without those that a store could not keep or sum."""

from __future__ import annotations

import math

_MOST_TOKENS = 1 << 36  # so that the sum over an episode's steps fits 64 bits
_MOST_DOLLARS = 1e12
_DIGITS = 19  # of a number that is written as text


def token_count(value: object) -> int | None:
    """A number of tokens, which some programs write as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _DIGITS:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS:
        return value
    return None


def dollars(value: object) -> float | None:
    """A cost; None for anything else."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= _MOST_DOLLARS else None
