"""Numbers with their nouns."""

from __future__ import annotations


def counted(count: int, noun: str, many: str = "") -> str:
    """``1 step``, ``12,345 steps``; ``many`` is the plural where an s is not enough."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
