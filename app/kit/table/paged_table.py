"""A table over any number of rows that holds only the pages that were looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont
from shiboken6 import isValid

from app.kit.plain_text import one_line, tip
from app.kit.session import Session
from app.kit.table.column import Column, Row
from app.kit.theme.type_scale import fixed_font
from hpm_engine import Job, Memory

PAGE = 200  # rows
KEPT_PAGES = 50
MOST_ASKED = 4  # pages under way at once; a fast scroll drops the oldest
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

# Gives the rows at positions start to stop; a row that is gone is None.
Fetch = Callable[[Memory, int, int], Sequence[Any]]


class PagedTable(QAbstractTableModel, Generic[Row]):
    """A table whose rows ``fetch`` reads on the reader thread, a page when a cell is painted."""

    page_arrived = Signal()
    failed = Signal(object)

    def __init__(
        self, columns: tuple[Column[Row], ...], session: Session, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = columns
        self._session = session
        self._count = 0
        self._fetch: Fetch | None = None
        self._generation = 0
        self._pages: OrderedDict[int, list[Row | None]] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: list[int] = []
        self._asked: OrderedDict[int, Any] = OrderedDict()
        self._sorted = (-1, "")
        self._mono = QFont(fixed_font())
        self._flush = QTimer(self, singleShot=True, interval=0)
        self._flush.timeout.connect(self._ask)

    # -- filling ---------------------------------------------------------------------------

    def show_rows(self, count: int, fetch: Fetch, first: Sequence[Row | None] = ()) -> None:
        """Show ``count`` other rows; answers to what was asked before are dropped.

        ``first`` is the first page, where it was read already.
        """
        self.beginResetModel()
        self._forget()
        self._count, self._fetch = count, fetch
        self._pages.clear()
        if first:
            self._pages[0] = list(first)
        self._stale.clear()
        self.endResetModel()

    def renew(self, fetch: Fetch) -> None:
        """The same rows may have changed: show the old ones until the new ones arrive."""
        self._forget()
        self._fetch = fetch
        self._stale = set(self._pages)
        if self._count:
            self._touch(0, self._count - 1)

    def _forget(self) -> None:
        self._generation += 1
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()
        self._wanted.clear()

    # -- Qt's questions --------------------------------------------------------------------

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: D102
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Never fetches: views ask it for rows nobody sees."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _ROW

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell, or "…" while its page is fetched."""
        if not index.isValid() or index.row() >= self._count:
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.right else _LEFT
        if role == Qt.ItemDataRole.FontRole:
            return self._mono if column.mono else None
        if role not in _ROLES:
            return None
        row = self.row(index.row(), fetch=role == Qt.ItemDataRole.DisplayRole)
        if row is None:
            return self._blank(index.row()) if role == Qt.ItemDataRole.DisplayRole else None
        return _cell(column, row, role)

    def headerData(  # noqa: D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                f"{column.title} {self._sorted[1]}" if section == self._sorted[0] else column.title
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.right else _LEFT
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            return column.first_order
        return None

    def mark_sorted(self, section: int, descending: bool) -> None:
        """Say in a column's title that the rows are sorted by it; -1 for none."""
        self._sorted = (section, "▼" if descending else "▲")
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    # -- pages -----------------------------------------------------------------------------

    def row(self, position: int, *, fetch: bool = False) -> Row | None:
        """The row if its page is here; with ``fetch`` it is asked for otherwise."""
        number, offset = divmod(position, PAGE)
        page = self._pages.get(number)
        if fetch:
            if page is None or number in self._stale:
                self._want(number)
            else:
                self._pages.move_to_end(number)
        return page[offset] if page is not None and offset < len(page) else None

    def as_text(self, spans: list[tuple[int, int]]) -> str:
        """Rows as tab-separated lines under their titles; those not fetched yet are left out."""
        lines = ["\t".join(column.title for column in self.columns)]
        for number in sorted(self._pages):
            for offset, row in enumerate(self._pages[number]):
                position = number * PAGE + offset
                if row is not None and any(first <= position <= last for first, last in spans):
                    texts = ((column.copied or column.text)(row) for column in self.columns)
                    cells = (" ".join(text.split()) for text in texts)
                    lines.append("\t".join(cells))
        return "\n".join(lines) + "\n"

    def rows_held(self) -> list[Row]:
        """All rows whose pages are here."""
        return [row for page in self._pages.values() for row in page if row is not None]

    @property
    def pages_held(self) -> int:
        """How many pages are in memory."""
        return len(self._pages)

    def _blank(self, position: int) -> str:
        arrived = position // PAGE in self._pages
        return "gone" if arrived else "…"

    def _want(self, number: int) -> None:
        if number not in self._asked and number not in self._wanted:
            self._wanted.append(number)
            self._flush.start()

    def _ask(self) -> None:
        wanted, self._wanted = self._wanted[-MOST_ASKED:], []
        for number in wanted:
            while len(self._asked) >= MOST_ASKED:
                self._asked.popitem(last=False)[1].cancel()
            self._request(number)

    def _request(self, number: int) -> None:
        fetch, generation = self._fetch, self._generation
        if fetch is None:
            return
        start, stop = number * PAGE, min((number + 1) * PAGE, self._count)

        def call(memory: Memory, _job: Job) -> Sequence[Row | None]:
            return fetch(memory, start, stop)

        task = self._session.read(call)
        self._asked[number] = task
        task.succeeded.connect(lambda rows: self._arrived(generation, number, rows))
        task.failed.connect(lambda error: self._missed(generation, number, error))

    def _arrived(self, generation: int, number: int, rows: Sequence[Row | None]) -> None:
        if generation != self._generation or not isValid(self):
            return
        self._asked.pop(number, None)
        self._pages[number] = list(rows)
        self._pages.move_to_end(number)
        self._stale.discard(number)
        while len(self._pages) > KEPT_PAGES:
            self._stale.discard(self._pages.popitem(last=False)[0])
        self._touch(number * PAGE, min((number + 1) * PAGE, self._count) - 1)
        self.page_arrived.emit()

    def _missed(self, generation: int, number: int, error: Exception) -> None:
        if generation == self._generation and isValid(self):
            self._asked.pop(number, None)
            self.failed.emit(error)

    def _touch(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


_ROW = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.AccessibleTextRole,
    }
)


def _cell(column: Column[Row], row: Row, role: int) -> Any:
    if role == Qt.ItemDataRole.ForegroundRole:
        colour = column.colour(row) if column.colour else None
        return colour.qcolor() if colour else None
    if role == Qt.ItemDataRole.ToolTipRole:
        return tip(column.tooltip(row)) if column.tooltip else None
    return one_line(" ".join(column.text(row)[:600].split()))
