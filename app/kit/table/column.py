"""A column of a paged table: its title, and how a row is shown in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import Qt

from app.kit.theme.colour import Colour
from hpm_engine import SortColumn

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """A column's texts; ``text`` and ``tooltip`` must be cheap: every paint of a cell asks them."""

    title: str
    width: int  # pixels at 100 % text size
    text: Callable[[Row], str]
    tip: str  # what the column means, on its header
    tooltip: Callable[[Row], str] | None = None
    copied: Callable[[Row], str] | None = None  # in place of ``text`` in what leaves the window
    colour: Callable[[Row], Colour | None] | None = None
    right: bool = False
    mono: bool = False
    wide: bool = False  # takes the room that the window has to spare
    shown: bool = True  # until somebody chooses the columns
    group: str = ""  # under which heading the header's menu has it; "" under none
    term: Callable[[Row], str] | None = None  # the search for the rows that have this value
    sort: SortColumn | None = None
    largest_first: bool = False  # how the first click on its header sorts

    @property
    def first_order(self) -> Qt.SortOrder:
        """How the first click on its header sorts."""
        down = self.largest_first or self.right
        return Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
