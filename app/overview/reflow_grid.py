"""The page of the overview: cards on twelve columns, of which they take more on a narrow page."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from app.kit.theme.spacing import HUGE, LARGE, MEDIUM

COLUMNS = 12
WIDE = 1320  # pixels of a page from which on cards take the fewest columns
USUAL = 880  # pixels of a page under which they take the most
_USUAL_TEXT = 20  # pixels that a line is high at most where these widths are enough


class Card(NamedTuple):
    """A card with the columns that it takes on a wide, a usual and a narrow page."""

    widget: QWidget
    wide: int
    usual: int
    narrow: int = COLUMNS


class ReflowGrid(QScrollArea):
    """A page of cards that scrolls up and down only; ``name`` is what it is called."""

    def __init__(self, name: str, cards: tuple[Card, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = cards
        self._kind = -1
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(HUGE, LARGE, HUGE, HUGE)
        self._grid.setHorizontalSpacing(MEDIUM)
        self._grid.setVerticalSpacing(MEDIUM)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
            self._grid.setColumnMinimumWidth(column, 1)
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self._lay_out(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the cards out anew where the page becomes wide or narrow."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Large text makes a page narrower."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        larger = max(1.0, self.fontMetrics().height() / _USUAL_TEXT)
        width = self.viewport().width() / larger
        self._lay_out((width < WIDE) + (width < USUAL))

    def _lay_out(self, kind: int) -> None:
        if kind == self._kind:
            return
        self._kind = kind
        for card in self._cards:
            self._grid.removeWidget(card.widget)
        row = column = 0
        for card in self._cards:
            span = (card.wide, card.usual, card.narrow)[kind]
            if column + span > COLUMNS:
                row, column = row + 1, 0
            self._grid.addWidget(card.widget, row, column, 1, span)
            column += span
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 0)
        self._grid.setRowStretch(row + 1, 1)
