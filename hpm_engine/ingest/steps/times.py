"""Times in traces as Unix microseconds."""

from __future__ import annotations

from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 24  # characters of a number with a fraction
_LATEST = 253_402_300_800  # Unix seconds: the year 10000


def micros(value: object) -> int | None:
    """Unix microseconds of an ISO text or a number of seconds, ms, µs or ns; None if neither.

    A text without a zone is taken as UTC.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _from_number(float(value)) if isinstance(value, float) else _from_integer(value)
    if not isinstance(value, str):
        return None
    if value.isascii() and value.isdigit() and len(value) < 20:
        return _from_integer(int(value))
    if value.isascii() and len(value) < _LONGEST and value.replace(".", "", 1).isdigit():
        return _from_number(float(value))
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        delta = moment - _EPOCH
    except (ValueError, OverflowError):
        return None
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _from_number(value: float) -> int | None:
    if not 0 < value < 1e19:
        return None
    return round(value * 1_000_000) if value < _LATEST else _from_integer(int(value))


def _from_integer(value: int) -> int | None:
    if value <= 0:
        return None
    for factor, divisor in ((1_000_000, 1), (1_000, 1), (1, 1), (1, 1_000)):
        if (moment := value * factor // divisor) < _LATEST * 1_000_000:
            return moment
    return None
