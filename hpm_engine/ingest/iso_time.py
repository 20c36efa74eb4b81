"""ISO 8601 times as Unix microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(text: str | None) -> int | None:
    """The time in ``text`` (UTC where it names no zone), or None if it is no time."""
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    try:
        return (time - _EPOCH) // _MICROSECOND
    except OverflowError:
        return None
