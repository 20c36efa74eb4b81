"""Moments as people write them: a day, a time, an age, today.

A text with an offset (``Z``, ``+09:00``) keeps it; every other is local time of this computer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hpm_engine.query.nodes import And, Date, Node, Not, Or
from hpm_engine.system import local_time
from hpm_engine.system.local_time import EPOCH, MICROSECOND

_AGO = re.compile(r"(\d{1,5})([hdw])", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DAYS = {"today": 0, "yesterday": 1}
_ISO = re.compile(
    r"(?P<date>\d{4}(?:-\d\d(?:-\d\d)?)?)"
    r"(?:(?<=-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)"
    r"(?: ?(?P<zone>Z|UTC|[+-]\d\d:\d\d(?::\d\d)?))?)?",
    re.IGNORECASE | re.ASCII,
)
_EARLIEST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND  # µs
_LATEST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND  # µs
EXPECTED = (
    "a date (2026-01-31, 2026-01, 2026-01-31T14:00), an age (12h, 7d, 2w), today or yesterday, in "
    "local time unless it has an offset (2026-01-31T14:00Z, 2026-01-31T14:00+09:00)"
)


def canonical(text: str) -> str:
    """The canonical text of a moment; raises ``ValueError`` for any other text."""
    word = text.strip().lower()
    if word in _DAYS or _AGO.fullmatch(word):
        return word
    match = _ISO.fullmatch(text.strip().upper())
    if match is None:
        raise ValueError(f"{text!r} is no date")
    zone = (match["zone"] or "").replace("UTC", "Z")
    written = match["date"] + (f"T{match['time']}{zone}" if match["time"] else "")
    parsed = _parsed(written)  # raises for the 31st of February
    if parsed.tzinfo:
        _utc(parsed)
    return written


def moment(text: str, now: int) -> int:
    """The moment in microseconds since 1970 UTC, seen from ``now``; raises ``ValueError``.

    A day, a month or a year is its first moment, and ``today`` is since midnight; a day may have 23
    or 25 hours. ``7d`` is 7 times 24 hours before now.
    """
    text = canonical(text)
    if match := _AGO.fullmatch(text):
        return now - int(match[1]) * (_UNITS[match[2]] // MICROSECOND)
    if text in _DAYS:
        today = local_time.local(now)
        if today is None:
            raise ValueError(f"{now} is a moment of no calendar")
        return local_time.day_start(today.date() - timedelta(days=_DAYS[text]))
    parsed = _parsed(text)
    if parsed.tzinfo:
        return (_utc(parsed) - EPOCH) // MICROSECOND
    # A date must not be one in Berlin and none in Tokyo: the calendar's ends are the ends of UTC.
    return min(max(local_time.instant(parsed), _EARLIEST), _LATEST)


def moments(node: Node, now: int) -> dict[str, int]:
    """The moments of all dates in a search, by their texts, seen from ``now``."""
    return {text: moment(text, now) for text in _texts(node)}


def in_words(text: str) -> str:
    """A canonical moment for a sentence: a date as local time with its offset."""
    if text in _DAYS:
        return text
    local = local_time.local(moment(text, 0))
    if local is None or local.microsecond:
        return text  # unchanged: a stamp has no fractions
    return local_time.stamp(local, seconds=local.second > 0)


def is_age(text: str) -> bool:
    """Whether a canonical moment is an age, such as ``7d``."""
    return _AGO.fullmatch(text) is not None


def _parsed(text: str) -> datetime:
    if len(text) < 10:
        text += "-01-01"[len(text) - 4 :]
    return datetime.fromisoformat(text)


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{moment} lies outside the years 1 to 9999") from error


def _texts(node: Node) -> Iterator[str]:
    match node:
        case Date(_, text):
            yield text
        case Not(item):
            yield from _texts(item)
        case And(items) | Or(items):
            for item in items:
                yield from _texts(item)
