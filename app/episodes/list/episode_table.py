"""The episodes that a query found, and which of them is in which row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from struct import Struct
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from app.episodes.list.answer import rows_between
from app.episodes.list.columns import COLUMNS
from app.episodes.list.episode_lines import spoken
from app.kit.plain_text import tip
from app.kit.session import Session
from app.kit.table.paged_table import PagedTable
from hpm_engine import Episode, EpisodeList, Memory, SortColumn

_ID = Struct("=q")
_FEW = 4  # episodes that are looked for one by one, each in a tenth of a look at the whole list
_WHOLE = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
_TOLD = [c for c in COLUMNS if c.sort in (SortColumn.TITLE, SortColumn.STARTED, SortColumn.AGENT)]
Index = QModelIndex | QPersistentModelIndex


class EpisodeTable(PagedTable[Episode]):
    """The table of the ids that a query found; the episodes of its rows come in pages."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self._list = EpisodeList(b"")
        self.in_lines = False  # whether a row is shown as lines rather than as cells

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell; of a row that is lines, all that they say is read out, and told in a tip."""
        if self.in_lines and index.isValid() and role in _WHOLE:
            if (episode := self.row(index.row())) is None:
                return None
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return spoken(episode)
            return tip("\n".join(column.tooltip(episode) for column in _TOLD if column.tooltip))
        return super().data(index, role)

    def show_list(self, episode_list: EpisodeList, first: Sequence[Episode | None] = ()) -> bool:
        """Show what a query found; False if these rows were there already, in this order.

        ``first`` has its first page, where that was read already.
        """
        if episode_list.ids == self._list.ids and len(episode_list) == self.rowCount():
            self._list = episode_list
            self.renew(self._episodes)
            return False
        self._list = episode_list
        self.show_rows(len(episode_list), self._episodes, first)
        return True

    def id_at(self, row: int) -> int | None:
        """The id of the episode in a row, fetched or not."""
        ids = self._list.window(row, row + 1) if row >= 0 else []
        return ids[0] if ids else None

    def ids_between(self, first: int, last: int) -> list[int]:
        """The ids of the rows ``first`` to ``last``, both included."""
        return self._list.window(first, last + 1)

    def packed_ids(self, spans: Sequence[tuple[int, int]]) -> bytes:
        """The ids of rows, each span with its first and last, packed as in an ``EpisodeList``."""
        ids = self._list.ids
        return b"".join(ids[first * _ID.size : (last + 1) * _ID.size] for first, last in spans)

    def row_of(self, episode_id: int) -> int | None:
        """The row of an episode, if the query found it."""
        wanted, start = _ID.pack(episode_id), 0
        while (offset := self._list.ids.find(wanted, start)) >= 0:
            if offset % 8 == 0:
                return offset // 8
            start = offset + 1
        return None

    def rows_of(self, episode_ids: Collection[int]) -> list[int]:
        """The rows of several episodes, in order, with one look at the whole list."""
        wanted = set(episode_ids)
        if len(wanted) <= _FEW:
            rows = map(self.row_of, wanted)
            return sorted(row for row in rows if row is not None)
        ids = memoryview(self._list.ids).cast("q")
        return [row for row, episode_id in enumerate(ids) if episode_id in wanted]

    def _episodes(self, memory: Memory, start: int, stop: int) -> Sequence[Episode | None]:
        return rows_between(memory, self._list, start, stop)
