"""Bytes on disk of the store's tables and indexes, largest first."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit.controls.bar_list import BarList, BarRow
from app.kit.formatting import counted, size
from app.kit.theme.colour import Colour
from hpm_engine import TableSize


class TableSizes(BarList):
    """The largest tables as bars, the rest in one line."""

    def __init__(self) -> None:
        super().__init__("Sizes of tables and indexes", most=16)

    def show_tables(self, tables: Sequence[TableSize]) -> None:
        """Show other sizes."""
        ordered = sorted(tables, key=lambda table: -table.size)
        self.show_rows([BarRow(t.name, t.size, Colour.SERIES_1, figure=_say(t)) for t in ordered])

    def rest_figure(self, rows: Sequence[BarRow]) -> str:
        """The bytes of the rows that are not shown."""
        return size(sum(row.amount for row in rows))


def _say(table: TableSize) -> str:
    rows = "" if table.rows is None else f"{counted(table.rows, 'row')} · "
    return f"{rows}{size(table.size)}"
