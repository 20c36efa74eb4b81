"""The steps of an episode with what compression keeps of each; dropped ones are greyed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.kit.formatting import NOTHING, number, share
from app.kit.glyphs import SOURCES
from app.kit.plain_text import one_line, tip
from app.kit.theme.colour import Colour
from app.masks.mask_reading import MaskReading, disagreements
from hpm_engine import StepOutline

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
TITLES = ("Step", "Who", "◆", "Value", "Kept", "Why")
_TIPS = (
    "The step's place in the episode",
    "Who spoke, and the first tool that was called",
    "Decision points: the actions change course here",
    "The mask's value of the step, from 0 to 1",
    "How much of the step's text is kept word for word",
    "What the text is kept for; ○ marks dropped steps, ≠ steps that one scorer alone keeps",
)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class KeptStepTable(QAbstractTableModel):
    """A table of steps, all of them in memory, or of those on which two scorers disagree."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Sequence[StepOutline] = ()
        self._readings: tuple[MaskReading, ...] = ()
        self._rows: Sequence[int] = ()
        self._points: frozenset[int] = frozenset()
        self._differ: frozenset[int] = frozenset()

    def show_masks(
        self, steps: Sequence[StepOutline], readings: Sequence[MaskReading], *, differing: bool
    ) -> None:
        """Show the compressions of one scorer or two; ``differing`` leaves out what they share."""
        two = tuple(readings[:2])
        self._differ = frozenset(disagreements(*two) if len(two) == 2 else ())
        rows: Sequence[int] = sorted(self._differ) if differing else range(len(steps))
        same = steps is self._steps and rows == self._rows
        if not same:
            self.beginResetModel()
        self._steps, self._readings, self._rows = steps, two, rows
        self._points = frozenset(two[0].kept.decision_points if two else ())
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(TITLES) - 1))

    def seq_at(self, row: int) -> int | None:
        """The step in a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, seq: int) -> int | None:
        """The row of a step, if it is shown."""
        try:
            return self._rows.index(seq)
        except ValueError:
            return None

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(TITLES)

    def headerData(  # noqa: D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return _TIPS[section] if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cell; all of a dropped step's are grey."""
        seq = self.seq_at(index.row())
        if seq is None or not self._readings:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(seq, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() in (0, 3, 4) else None
        if role == Qt.ItemDataRole.ForegroundRole:
            dropped = not any(reading.shares[seq] for reading in self._readings)
            return Colour.MUTED.qcolor() if dropped else None
        if role == Qt.ItemDataRole.ToolTipRole:
            step = self._steps[seq]
            lines = [f"{reading.kept.scorer}: {reading.why(step)}" for reading in self._readings]
            return tip("\n".join(lines))
        return None

    def _text(self, seq: int, column: int) -> str:
        step, readings = self._steps[seq], self._readings
        if column == 0:
            return number(seq + 1)
        if column == 1:
            return one_line(f"{SOURCES[step.source]} {step.tool}".strip(), 60)
        if column == 2:
            return "◆" if seq in self._points else ""
        if column == 3:
            return " | ".join(f"{reading.kept.mask[seq] / 255:.2f}" for reading in readings)
        if column == 4:
            return " | ".join(_share(reading.shares[seq]) for reading in readings)
        return ("≠ " if seq in self._differ else "") + _reason(readings[0], seq)


def _share(kept: int) -> str:
    return share(kept / 255) if kept else NOTHING


def _reason(reading: MaskReading, seq: int) -> str:
    if spans := reading.spans.get(seq):
        return ", ".join(dict.fromkeys(span.reason.value for span in spans))
    words = len(reading.listed.get(seq, ()))
    return "○ dropped" + (f", {words:,} in the names list" if words else "")
