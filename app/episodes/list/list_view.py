"""The list of episodes: as a table, or as lines, with the days above their rows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.episodes.list.columns import COLUMNS
from app.episodes.list.day_bands import day_bands
from app.episodes.list.episode_lines import EpisodeLines
from app.episodes.list.episode_table import EpisodeTable
from app.kit.table.row_menu import narrowing_actions
from app.kit.table.table_view import RowView
from hpm_engine import DayGroup, EpisodeQuery, SortColumn

_LIVE_MS = 10_000  # until a session that has ended loses its dot
_BRACKETS = (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight)
_STEP_KEYS = frozenset({Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_N, Qt.Key.Key_Space, *_BRACKETS})
_SORTS = tuple(column.sort for column in COLUMNS)
_WIDE = next(position for position, column in enumerate(COLUMNS) if column.wide)
_NARROWING = (SortColumn.PROJECT, SortColumn.AGENT, SortColumn.OUTCOME)  # offered on lines


class Density(StrEnum):
    """How much room an episode takes in the list."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"
    TABLE = "table"


class EpisodeListView(RowView):
    """Shows the episodes in one of three densities, which share rows, selection and keys.

    ``sort_asked`` tells a column and whether the largest come first; ``step_key`` is a key that
    moves through the steps of the chosen episode, with its modifiers.
    """

    sort_asked = Signal(object, bool)
    step_key = Signal(int, object)

    def __init__(self, model: EpisodeTable, parent: QWidget | None = None) -> None:
        self._lines: EpisodeLines | None = None
        super().__init__("Episodes", parent)
        self.density = Density.TABLE
        self._table = model
        self._cells = self.itemDelegate()
        self.set_table(model)
        header = self.horizontalHeader()
        header.setSortIndicatorShown(True)
        header.sortIndicatorChanged.connect(self._on_sorted)
        live = QTimer(self, interval=_LIVE_MS)
        live.timeout.connect(self.viewport().update)
        live.start()

    # -- density ---------------------------------------------------------------------------

    def set_density(self, density: Density) -> None:
        """Show the episodes as a table or as lines."""
        self.density = density
        self._table.in_lines = density is not Density.TABLE
        old, self._lines = self._lines, None
        if density is Density.TABLE:
            self.setItemDelegate(self._cells)
            self._columns.show_all()
        else:
            self._lines = EpisodeLines(self, both=density is Density.COMFORTABLE)
            self.setItemDelegate(self._lines)
            self._columns.show_single(_WIDE)
        self.setAlternatingRowColors(density is Density.TABLE)
        never, needed = (
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff,
            Qt.ScrollBarPolicy.ScrollBarAsNeeded,
        )
        self.setHorizontalScrollBarPolicy(needed if density is Density.TABLE else never)
        if old is not None:
            old.deleteLater()
        row = self.current_row()
        self._fit_rows()
        self._spread()
        if row is not None:
            self.scrollTo(self._table.index(row, 0))

    def line_height(self) -> int:
        """The height of a row in this density."""
        return super().line_height() if self._lines is None else self._lines.height(self.font())

    def show_days(self, groups: Sequence[DayGroup]) -> None:
        """Write the days above their first rows."""
        self.show_bands(day_bands(groups))

    # -- order -----------------------------------------------------------------------------

    def show_order(self, query: EpisodeQuery) -> None:
        """Mark the column by which the rows are sorted."""
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        section = _SORTS.index(query.sort) if query.sort in _SORTS else -1
        header = self.horizontalHeader()
        with QSignalBlocker(header):
            header.setSortIndicator(section, down if query.descending else up)
        self._table.mark_sorted(section, query.descending)

    def _on_sorted(self, section: int, order: Qt.SortOrder) -> None:
        """The header was clicked, or restored its last order."""
        if self._columns.quiet:
            return
        column = _SORTS[section] if 0 <= section < len(_SORTS) else None
        self.sort_asked.emit(column, order == Qt.SortOrder.DescendingOrder)

    # -- keys and menus --------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on the keys of the steps; the others are those of every table."""
        if event.key() in _STEP_KEYS:
            self.step_key.emit(event.key(), event.modifiers())
        else:
            super().keyPressEvent(event)

    def _narrowings(self, index: QModelIndex) -> Sequence[QAction]:
        """Of a cell its value; of lines, which have no cells, what most searches are for."""
        if self._lines is None or not index.isValid():
            return super()._narrowings(index)
        row, actions = self._table.row(index.row()), list[QAction]()
        for column in COLUMNS:
            if column.sort in _NARROWING:
                cell = index.siblingAtColumn(COLUMNS.index(column))
                actions += narrowing_actions(column, row, cell, self.narrowed.emit)[:1]
        return actions
