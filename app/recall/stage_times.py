"""The time that each stage of a recall took."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app.kit.formatting import counted
from app.kit.panel import Bar
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import StageTime

_WIDEST = "candidates  000.0 ms"
_BAR = 48  # pixels: the least width of a bar, with its margins


class StageTimes(QWidget):
    """A line for each stage, its bar a share of the whole; notes of the recall below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = SafeLabel(bold=True)
        self._head.setContentsMargins(8, 7, 8, 4)
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(8, 0, 8, 8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        area = QScrollArea()
        area.setWidget(self._inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("How long each stage took")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(area, 1)
        self._fit()
        self.show_stages((), ())

    def show_stages(self, stages: Sequence[StageTime], notes: Sequence[str]) -> None:
        """Show other times; ``notes`` say what was left out and why."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        whole = sum(stage.ms for stage in stages)
        self._head.setText(f"Took {milliseconds(whole)}" if stages else "Time taken")
        for row, stage in enumerate(stages):
            figure = SafeLabel(milliseconds(stage.ms))
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(SafeLabel(stage.name, tone=Colour.MUTED), row, 0)
            self._grid.addWidget(Bar(stage.ms / max(whole, 1e-9), Colour.SERIES_3), row, 1)
            self._grid.addWidget(figure, row, 2)
        for row, note in enumerate(notes, start=len(stages)):
            self._grid.addWidget(SafeLabel(note, wrap=True, tone=Colour.MUTED), row, 0, 1, 3)
        self._grid.setRowStretch(len(stages) + len(notes), 1)
        self._inner.setAccessibleDescription(
            ", ".join(f"{stage.name} {milliseconds(stage.ms)}" for stage in stages)
            or counted(0, "stage")
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(_WIDEST) + 2 * _BAR)


def milliseconds(value: float) -> str:
    """A time in words: ``0.42 ms``, ``8.1 ms``, ``120 ms``, ``1.4 s``."""
    if value >= 1_000:
        return f"{value / 1_000:.1f} s"
    digits = 0 if value >= 99.5 else 1 if value >= 9.95 else 2
    return f"{value:.{digits}f} ms"
