"""Names with their counts and bars; names lead to the episodes behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.kit.formatting import number
from app.kit.panel import Bar, LinkButton, Panel
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour

MOST_ROWS = 8


class BarRow(NamedTuple):
    """A bar's name and amount; ``figure`` replaces the count, ``action`` is behind the name."""

    name: str
    amount: int
    colour: Colour = Colour.SERIES_1
    action: Callable[[], None] | None = None
    leads_to: str = ""
    figure: str = ""


class BarList(Panel):
    """At most ``most`` rows, the rest added up in one line."""

    def __init__(self, title: str, parent: QWidget | None = None, *, most: int = MOST_ROWS) -> None:
        super().__init__(title, parent)
        self._most = most
        self._grid: QWidget | None = None

    def show_rows(self, rows: Sequence[BarRow], *, total: int | None = None) -> None:
        """Show other rows; bars are shares of ``total``, by default of the largest."""
        if self._grid is not None:
            self.body.removeWidget(self._grid)
            self._grid.deleteLater()
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        whole = total if total is not None else max((row.amount for row in rows), default=1)
        for index, row in enumerate(rows[: self._most]):
            _add(grid, index, row, max(1, whole))
        rest = rows[self._most :]
        if rest:
            more = f"and {number(len(rest))} more: {self.rest_figure(rest)}"
            grid.addWidget(SafeLabel(more, tone=Colour.MUTED), self._most, 0, 1, 3)
        if not rows:
            grid.addWidget(SafeLabel("None yet", tone=Colour.MUTED), 0, 0, 1, 3)
        grid.setRowStretch(self._most + 1, 1)
        self.body.addWidget(self._grid, 1)

    def rest_figure(self, rows: Sequence[BarRow]) -> str:
        """The rows that are not shown, added up."""
        return number(sum(row.amount for row in rows))


def _add(grid: QGridLayout, index: int, row: BarRow, whole: int) -> None:
    name: QWidget
    if row.action is not None:
        link = LinkButton(one_line(row.name or "(none)", 34), row.leads_to)
        link.clicked.connect(row.action)
        name = link
    else:
        name = SafeLabel(one_line(row.name or "(none)", 34))
    figure = SafeLabel(row.figure or number(row.amount))
    figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    grid.setRowMinimumHeight(index, figure.fontMetrics().height() + 4)
    grid.addWidget(name, index, 0)
    grid.addWidget(Bar(row.amount / whole, row.colour), index, 1)
    grid.addWidget(figure, index, 2)
