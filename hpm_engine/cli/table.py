"""Tables and figures for people."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hpm_engine.cli.terminal import clean_line, cut, width

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def lines_of(
    heads: Sequence[str], rows: Sequence[Sequence[object]], *, widest: str = ""
) -> list[str]:
    """A table; numbers to the right. On a terminal the column ``widest`` yields to fit."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max([width(head), *(width(row[at]) for row in cells)]) for at, head in enumerate(heads)
    ]
    if widest and sys.stdout.isatty():
        at = heads.index(widest)
        spare = shutil.get_terminal_size().columns - sum(widths) - 2 * (len(heads) - 1)
        widths[at] = max(12, widths[at] + min(spare, 0))
    right = [
        bool(rows) and all(isinstance(row[at], int | float) for row in rows)
        for at in range(len(heads))
    ]
    return [
        "  ".join(
            _pad(cut(text, widths[at]), widths[at], right[at]) for at, text in enumerate(row)
        ).rstrip()
        for row in [list(heads), *cells]
    ]


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else clean_line(str(value))


def _pad(text: str, cells: int, right: bool) -> str:
    space = " " * (cells - width(text))
    return space + text if right else text + space


def size(count: int) -> str:
    """Bytes for people: 34.4 MB."""
    number, unit = float(count), 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:,.0f} {_UNITS[unit]}" if unit == 0 else f"{number:,.1f} {_UNITS[unit]}"


def plural(count: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 file, 3 files."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def moment(microseconds: int | None) -> str:
    """A time in UTC, to the minute; empty if unknown."""
    if microseconds is None:
        return ""
    try:
        at = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:  # no trace says so: somebody wrote it into the store
        return "?"
    return at.isoformat(" ", "minutes").removesuffix("+00:00")
