"""Tables and figures for people."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from hpm_engine.cli.console.terminal import clean_line, cut, width
from hpm_engine.system import local_time
from hpm_engine.words.plurals import counted as plural

__all__ = ["Stamp", "lines_of", "moment", "plural", "size"]

_LEAST_FIRST = 12  # cells of the column that yields first; then others yield
_LEAST_TEXT = 8  # cells of other text columns; then columns are left out
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


class Stamp(str):
    """A time in a table, which is shown whole or left out, as numbers are: cut, it were another."""

    __slots__ = ()


def lines_of(
    heads: Sequence[str], rows: Sequence[Sequence[object]], *, widest: str = ""
) -> list[str]:
    """The lines of a table. On a terminal columns yield, so that no row wraps.

    Numbers are to the right. Texts are cut; numbers and moments are whole, or left out.

    The column ``widest`` yields first (without one, the widest), and is never left out.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max([width(head), *(width(row[column]) for row in cells)])
        for column, head in enumerate(heads)
    ]
    right = [
        bool(rows) and all(isinstance(row[column], int | float) for row in rows)
        for column in range(len(heads))
    ]
    whole = [
        right[column] or (bool(rows) and all(isinstance(row[column], Stamp) for row in rows))
        for column in range(len(heads))
    ]
    columns = list(range(len(heads)))
    if sys.stdout.isatty():
        first = heads.index(widest) if widest else widths.index(max(widths))
        room = shutil.get_terminal_size().columns
        columns, widths = _fitted(widths, room, first, whole)
    return [
        "  ".join(
            _pad(cut(row[column], widths[column]), widths[column], right[column])
            for column in columns
        ).rstrip()
        for row in [list(heads), *cells]
    ]


def _fitted(
    widths: Sequence[int], room: int, first: int, whole: Sequence[bool]
) -> tuple[list[int], list[int]]:
    """The columns that stay, and all widths: texts are cut, ``whole`` columns are not."""
    columns, fitted = list(range(len(widths))), list(widths)

    def excess() -> int:
        return sum(fitted[column] for column in columns) + 2 * (len(columns) - 1) - room

    fitted[first] -= max(0, min(excess(), fitted[first] - _LEAST_FIRST))
    texts = [column for column in columns if column != first and not whole[column]]
    while excess() > 0:
        most = max((fitted[column] for column in texts), default=0)
        if most <= _LEAST_TEXT:
            break
        fitted[next(column for column in reversed(texts) if fitted[column] == most)] -= 1
    for column in reversed(range(1, len(widths))):
        if excess() > 0 and column != first:
            columns.remove(column)
    fitted[first] = max(1, min(widths[first], fitted[first] - excess()))
    return columns, fitted


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


def moment(microseconds: int | None, *, seconds: bool = False) -> Stamp:
    """A local time with its offset, to the minute or second; empty if unknown."""
    if microseconds is None:
        return Stamp()
    local = local_time.local(microseconds)
    if local is None:  # from no trace: somebody wrote it into the store
        return Stamp("?")
    return Stamp(local_time.stamp(local, seconds=seconds))
