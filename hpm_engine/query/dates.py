"""Moments as people write them: a day, a time, so long ago, today. All in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AGO = re.compile(r"(\d{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DAYS = {"today": 0, "yesterday": 1}
_ISO = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.IGNORECASE)
EXPECTED = "a date (2026-01-31, 2026-01, 2026-01-31T14:00), an age (12h, 7d, 2w), today, yesterday"


def canonical(text: str) -> str:
    """The one way to write a moment; raises ``ValueError`` if it is none."""
    text = text.strip()
    if text.lower() in _DAYS or _AGO.fullmatch(text.lower()):
        return text.lower()
    _day(text)
    return text.upper().replace(" ", "T")


def moment(text: str, now: int) -> int:
    """The moment in microseconds since 1970 UTC, seen from ``now``; raises ``ValueError``.

    A day, a month or a year is its first moment; ``7d`` is 7 times 24 hours before now.
    """
    word = text.strip().lower()
    if word in _DAYS:
        today = now // 86_400_000_000 - _DAYS[word]
        return today * 86_400_000_000
    if ago := _AGO.fullmatch(word):
        return now - int(ago[1]) * (_UNITS[ago[2]] // _MICROSECOND)
    return (_day(text) - _EPOCH) // _MICROSECOND


def _day(text: str) -> datetime:
    text = text.strip().upper()
    if not _ISO.fullmatch(text) or not text.isascii():
        raise ValueError(f"{text!r} is no date")
    if len(text) < 10:
        text += "-01-01"[len(text) - 4 :]
    at = datetime.fromisoformat(text)
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the years 1 to 9999") from error
