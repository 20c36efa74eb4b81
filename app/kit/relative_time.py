"""How long ago something was, as people say it; the exact time belongs into the tip."""

from __future__ import annotations

import time

from app.kit.formatting import NOTHING, counted, local_day

_MINUTE = 60
_HOUR = 3_600
_DAY = 86_400
_DAYS_TOLD = 30  # an older day is told by its date


def relative_time(at: int | None, now: float | None = None) -> str:
    """Unix microseconds as ``just now``, ``5 min ago``, ``yesterday``, ``12 days ago``, or a day.

    ``now`` is in Unix seconds. What lies ahead is told by its date.
    """
    if at is None:
        return NOTHING
    ago = (time.time() if now is None else now) - at / 1_000_000
    if ago < -_MINUTE or ago >= (_DAYS_TOLD + 1) * _DAY:
        return local_day(at)
    if ago < _MINUTE:
        return "just now"
    if ago < _HOUR:
        return f"{int(ago // _MINUTE)} min ago"
    if ago < _DAY:
        return f"{int(ago // _HOUR)} h ago"
    days = int(ago // _DAY)
    return "yesterday" if days == 1 else f"{counted(days, 'day')} ago"
