"""Aligned steps as a table of two columns, which therefore scroll together."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from app.episodes.compare.comparison import Beside, Comparison, Likeness
from app.kit.formatting import number
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour

_Index = QModelIndex | QPersistentModelIndex
_WORDS = {
    Likeness.SAME: "the same on both sides",
    Likeness.CHANGED: "of one kind, with another text",
    Likeness.LEFT: "only on the left",
    Likeness.RIGHT: "only on the right",
}
_TONES = {
    Likeness.SAME: Colour.MUTED,
    Likeness.CHANGED: Colour.WARN,
    Likeness.LEFT: Colour.BAD,
    Likeness.RIGHT: Colour.GOOD,
}
_TINT = 36  # of 255: the ground of what differs


class BesideTable(QAbstractTableModel):
    """The rows of a comparison: a sign, then the left step, then the right one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.comparison: Comparison | None = None

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.comparison = comparison
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """The rows; none below a row."""
        inside = parent is not None and parent.isValid()
        return 0 if inside or self.comparison is None else len(self.comparison.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """The sign and the two sides."""
        return 3

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The sign, number and first words of a step, and its colour."""
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(f"{_WORDS[row.likeness]}\n{_text(row, index.column())}")
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return _WORDS[row.likeness]
        if role == Qt.ItemDataRole.ForegroundRole and (
            index.column() == 0 or row.likeness is Likeness.SAME
        ):
            return QBrush(_TONES[row.likeness].qcolor())
        if role == Qt.ItemDataRole.BackgroundRole and _differs(row, index.column()):
            ground = QColor(_TONES[row.likeness].qcolor())
            ground.setAlpha(_TINT)
            return QBrush(ground)
        return None

    def row(self, position: int) -> Beside | None:
        """A row of the comparison."""
        rows = self.comparison.rows if self.comparison is not None else []
        return rows[position] if 0 <= position < len(rows) else None


def _differs(row: Beside, column: int) -> bool:
    if row.likeness is Likeness.SAME or column == 0:
        return False
    return (row.left if column == 1 else row.right) is not None


def _text(row: Beside, column: int) -> str:
    if column == 0:
        return row.likeness.value
    seq, text = (row.left, row.left_text) if column == 1 else (row.right, row.right_text)
    return "" if seq is None else f"{number(seq + 1)}  {text}"
