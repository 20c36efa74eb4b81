"""The selection and scroll value of a table, kept while its rows change."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel

from app.episodes.list.episode_table import EpisodeTable
from app.kit.table.table_view import RowView

MOST_KEPT = 5_000  # selected rows that are found again


class KeptSelection:
    """A selection taken before the rows change; ``restore`` then finds the same episodes."""

    def __init__(self, view: RowView, model: EpisodeTable) -> None:
        self._view, self._model = view, model
        spans = view.selected_spans()
        few = sum(last - first + 1 for first, last in spans) <= MOST_KEPT
        self._selected = (
            [i for first, last in spans for i in model.ids_between(first, last)] if few else []
        )
        row = view.current_row()
        self._current = None if row is None else model.id_at(row)
        top = view.rowAt(0)
        self._top = model.id_at(top) if top > 0 else None
        self._offset = view.rowViewportPosition(top) if top > 0 else 0

    def restore(self) -> None:
        """Select the same episodes and scroll to where they were in sight."""
        flags = QItemSelectionModel.SelectionFlag
        chosen, last = QItemSelection(), len(self._model.columns) - 1
        for first, stop in spans(self._model.rows_of(self._selected)):
            chosen.select(self._model.index(first, 0), self._model.index(stop - 1, last))
        if self._current is not None and (row := self._model.row_of(self._current)) is not None:
            index = self._model.index(row, 0)
            self._view.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        self._view.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        if self._top is not None and (row := self._model.row_of(self._top)) is not None:
            bar = self._view.verticalScrollBar()
            bar.setValue(self._view.verticalHeader().sectionPosition(row) - self._offset)


def spans(rows: list[int]) -> list[tuple[int, int]]:
    """Ascending rows as spans, each from its first row to the one after its last."""
    pairs: list[tuple[int, int]] = []
    for row in rows:
        if pairs and pairs[-1][1] == row:
            pairs[-1] = (pairs[-1][0], row + 1)
        else:
            pairs.append((row, row + 1))
    return pairs
