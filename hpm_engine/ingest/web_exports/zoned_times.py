"""Times as a person's page of activities writes them: in words, with the name of a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from hpm_engine.ingest.steps.times import micros

_LONGEST = 80  # characters of a line that is a time
_CLOCK = re.compile(r"(\d{1,2}):(\d\d):(\d\d)(?:\s?([AaPp])\.?[Mm]\.?)?")
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_NAMED = re.compile(
    r"\b([A-Za-zÀ-ÿ]{3,12})\.? (\d{1,2})\b|\b(\d{1,2})\.? (?:de )?([A-Za-zÀ-ÿ]{3,12})"
)
_NUMBERED = re.compile(r"\b(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\b")
_OFFSET = re.compile(r"(?:GMT|UTC)\s?([+\u2212-])(\d{1,2})(?::?(\d\d))?")
_ZONE = re.compile(r"\b([A-Z]{1,5})$")
# The first letters of each month in English, German, French, Spanish, Italian and Portuguese.
_MONTHS = (
    ("jan", "ene", "gen"),
    ("feb", "fév", "fev"),
    ("mar", "mär"),
    ("apr", "avr", "abr"),
    ("may", "mai", "mag"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aoû", "ago"),
    ("sep", "set"),
    ("oct", "okt", "ott", "out"),
    ("nov",),
    ("dec", "dez", "déc", "dic"),
)
# Only names that mean one zone in these pages; hours east of Greenwich.
_ZONES = {
    **{"UTC": 0.0, "GMT": 0.0, "Z": 0.0, "WET": 0.0, "WEST": 1.0, "BST": 1.0, "MSK": 3.0},
    **{"CET": 1.0, "CEST": 2.0, "MEZ": 1.0, "MESZ": 2.0, "EET": 2.0, "EEST": 3.0, "JST": 9.0},
    **{"EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0},
    **{"PST": -8.0, "PDT": -7.0, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0, "KST": 9.0},
    **{"AEST": 10.0, "AEDT": 11.0, "NZST": 12.0, "NZDT": 13.0},
}


def is_time(line: str) -> bool:
    """Whether a line is a moment: a year and a clock with seconds, and little else."""
    plain = _plain(line)
    return 8 < len(plain) <= _LONGEST and bool(_CLOCK.search(plain) and _YEAR.search(plain))


def zoned_time(line: str) -> int | None:
    """The moment in Unix microseconds; None where its month or its zone is not known."""
    plain = _plain(line)[:_LONGEST]
    if (moment := micros(plain)) is not None:
        return moment
    clock, date, zone = _CLOCK.search(plain), _date(plain), _zone(plain)
    if clock is None or date is None or zone is None:
        return None
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4] in "Pp" else 0)
    try:
        local = datetime(*date, hour, int(clock[2]), int(clock[3]), tzinfo=zone)
        return micros(local.astimezone(UTC).isoformat())
    except (ValueError, OverflowError):
        return None


def _plain(line: str) -> str:
    return " ".join(line[: 4 * _LONGEST].split())


def _date(line: str) -> tuple[int, int, int] | None:
    """Year, month and day."""
    if numbered := _NUMBERED.search(line):
        first, separator, second, third = (numbered[1], numbered[2], numbered[3], numbered[4])
        if len(first) == 4:
            return int(first), int(second), int(third)
        if separator == "." and len(third) == 4:  # the day comes first; with "/" it may not
            return int(third), int(second), int(first)
        return None
    year = _YEAR.search(line)
    for named in _NAMED.finditer(line) if year else ():
        month, day = (named[1], named[2]) if named[1] else (named[4], named[3])
        number = _month(month.lower())
        if year is not None and number:
            return int(year[1]), number, int(day)
    return None


def _month(name: str) -> int:
    """The number of a month, from 1; 0 for another word."""
    named = (number for number, starts in enumerate(_MONTHS, 1) if name.startswith(starts))
    return next(named, 0)


def _zone(line: str) -> timezone | None:
    if offset := _OFFSET.search(line):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        delta = timedelta(minutes=minutes if offset[1] == "+" else -minutes)
        return timezone(delta) if abs(minutes) < 24 * 60 else None
    named = _ZONE.search(line)
    hours = _ZONES.get(named[1]) if named else None
    return None if hours is None else timezone(timedelta(hours=hours))
