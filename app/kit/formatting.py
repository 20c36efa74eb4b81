"""Numbers, sizes and times, worded for people."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from hpm_engine import local_moment, time_stamp, wall_time

_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")
_SPANS = (  # seconds per unit, per smaller unit, their names, and up to where they serve
    (60, 1, "min", "s", 3600),
    (3600, 60, "h", "min", 86400),
    (86400, 3600, "d", "h", 86400 * 1000),
)
NOTHING = "–"  # noqa: RUF001 - an en dash stands for "no value" in every cell


def number(value: int) -> str:
    """``12345`` as ``12,345``."""
    return f"{value:,}"


def counted(value: int, noun: str, plural: str = "") -> str:
    """``1 step``, ``12,345 steps``."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def size(value: int) -> str:
    """Bytes as ``512 B``, ``1.2 kB``, ``34 MB`` (powers of 1,000)."""
    amount = float(value)
    for unit in _SIZES:
        if abs(amount) < 999.5 or unit == _SIZES[-1]:
            break
        amount /= 1000
    if unit == "B" or abs(amount) >= 99.5:
        return f"{amount:,.0f} {unit}"
    return f"{amount:.1f} {unit}"


def money(dollars: float) -> str:
    """US dollars as ``$0.69``, ``$1,204``; never ``$0.00`` when it is not quite nothing."""
    if 0 < dollars < 0.005:
        return "< $0.01"
    return f"${dollars:,.0f}" if dollars >= 999.5 else f"${dollars:,.2f}"


def scaled(value: float) -> str:
    """A figure without a unit in three digits: ``12.3``, ``1.23 M``."""
    for factor, name in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= factor:
            return f"{value / factor:.3g}{name}"
    return f"{value:.3g}"


def share(part: float | None) -> str:
    """A fraction as whole percent; never 0 % or 100 % when it is not quite."""
    if part is None:
        return NOTHING
    if 0 < part < 0.005:
        return "< 1 %"
    if 0.995 <= part < 1:
        return "> 99 %"
    return f"{part * 100:.0f} %"


def duration(microseconds: int) -> str:
    """``340 ms``, ``4.2 s``, ``3 min 12 s``, ``2 h 5 min``, ``3 d 4 h``."""
    seconds = microseconds / 1_000_000
    if seconds < 1:
        return f"{microseconds // 1000:,} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    for large, small, unit, under, limit in _SPANS:
        if seconds < limit:
            whole, rest = int(seconds) // large, int(seconds) % large // small
            return f"{whole:,} {unit}" + (f" {rest} {under}" if rest else "")
    return f"{int(seconds) // 86400:,} d"


def local_time(at: int | None, *, seconds: bool = False) -> str:
    """Unix microseconds as the clock here showed them; for what stays in the window."""
    moment = _local(at)
    return NOTHING if moment is None else wall_time(moment, seconds=seconds)


def local_day(at: int | None) -> str:
    """Unix microseconds as a local date."""
    moment = _local(at)
    return NOTHING if moment is None else moment.date().isoformat()


def clock_time(at: int | None) -> str:
    """Unix microseconds as the local time of day."""
    moment = _local(at)
    return "" if moment is None else moment.strftime("%H:%M:%S")


def stamped_time(at: int | None, *, seconds: bool = False) -> str:
    """Local time with its offset; for what is copied from the window."""
    moment = _local(at)
    return NOTHING if moment is None else time_stamp(moment, seconds=seconds)


def exact_time(at: int | None) -> str:
    """Local time with its offset, and the same moment in UTC; for tooltips."""
    moment = _local(at)
    if moment is None:
        return "no time in the trace"
    utc = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"{time_stamp(moment, seconds=True)} ({utc})"


def _local(at: int | None) -> datetime | None:
    return None if at is None else local_moment(at)  # a hostile trace may name the year 40,000


def short_path(path: str) -> str:
    """A path with ``~`` for the person's own folder."""
    home = str(Path.home())
    return "~" + path[len(home) :] if path.startswith(home + os.sep) else path
