"""A small table of names, bars and figures; each name leads to its episodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QPainter
from PySide6.QtWidgets import QGridLayout, QWidget

from app.kit.controls.fact_list import LinkLabel
from app.kit.controls.picture_menu import Rows, popup_picture_menu
from app.kit.panel import Bar
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM
from app.kit.theme.type_scale import TextRole
from app.overview.figure_entries import figure_entries

_NAME = 16  # characters of a name, at least
_BAR = 48  # pixels of a bar, at least


class TableRow(NamedTuple):
    """A name, the share that its bar shows, and its figures; ``go`` is behind the name."""

    name: str
    share: float
    figures: tuple[str, ...]
    go: Callable[[], None] | None = None
    tip: str = ""
    colour: Colour = Colour.SERIES_1


class RowTable(QWidget):
    """At most ``most`` rows under the titles of their figures; the rest is said in a line."""

    def __init__(
        self, name: str, titles: Sequence[str], most: int = 8, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._name, self._titles, self._most = name, tuple(titles), most
        self._rows: tuple[TableRow, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(MEDIUM)
        self._grid.setVerticalSpacing(HAIR)

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """All rows, those that are not shown too."""
        return self._rows

    def show_rows(self, rows: Sequence[TableRow], nothing: str = "None yet") -> None:
        """Show other rows; without any say so."""
        for line in range(self._grid.rowCount()):
            self._grid.setRowMinimumHeight(line, 0)
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows = tuple(rows)
        if not rows:
            self._grid.addWidget(SafeLabel(nothing, tone=Colour.MUTED, wrap=True), 0, 0, 1, 3)
            self._grid.setRowStretch(1, 1)
            return
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        for column, title in enumerate(self._titles if any(self._titles) else (), start=2):
            label = SafeLabel(title, tone=Colour.MUTED, role=TextRole.CAPTION, whole=True)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(label, 0, column)
        for line, row in enumerate(self._rows[: self._most], start=1):
            self._add(line, row)
        if more := len(self._rows) - self._most:
            text = f"and {more:,} more" if more > 0 else ""
            label = SafeLabel(text, tone=Colour.MUTED, role=TextRole.CAPTION)
            label.setVisible(bool(text))
            self._grid.addWidget(label, self._most + 1, 0, 1, 2 + len(self._titles))
        self._grid.setRowStretch(self._most + 2, 1)

    def _add(self, line: int, row: TableRow) -> None:
        shown = one_line(row.name, 120) or "(none)"
        name = SafeLabel(shown) if row.go is None else LinkLabel(shown, row.go)
        name.setMinimumWidth(self.fontMetrics().averageCharWidth() * _NAME)
        if row.tip:
            name.set_tip(row.tip)
        bar = Bar(row.share, row.colour)
        bar.setMinimumWidth(_BAR)
        # Else a card that is low for a moment squeezes its rows, and nothing makes it high again.
        self._grid.setRowMinimumHeight(line, self.fontMetrics().height() + 2)
        self._grid.addWidget(name, line, 0)
        self._grid.addWidget(bar, line, 1, Qt.AlignmentFlag.AlignVCenter)
        for column, figure in enumerate(row.figures, start=2):
            label = SafeLabel(figure)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setMinimumWidth(self.fontMetrics().horizontalAdvance(figure) + 2)
            self._grid.addWidget(label, line, column)

    # -- for other programs ----------------------------------------------------------------

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint the table as it looks."""
        painter.drawPixmap(0, 0, self.grab().scaled(size, Qt.AspectRatioMode.KeepAspectRatio))

    def figures(self) -> Rows:
        """All rows under their titles."""
        return self._figures()

    def _figures(self) -> Iterator[tuple[object, ...]]:
        yield "name", *self._titles
        for row in self._rows:
            yield row.name, *row.figures

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the episodes behind a row, and the picture and the figures for other programs."""
        name = self._name.lower().replace(" ", "-")
        popup_picture_menu(self, self, name, event.globalPos(), self.offered(event.pos()))

    def offered(self, where: QPoint) -> list[QAction | None]:
        """The entries for the row at a point."""
        child = self.childAt(where)
        index = -1 if child is None else self._grid.indexOf(child)
        line = self._grid.getItemPosition(index)[0] if index >= 0 else 0  # type: ignore[index]
        if not 1 <= line <= min(len(self._rows), self._most):
            return []
        return figure_entries(_said(self._rows[line - 1]), self._rows[line - 1].go)


def _said(row: TableRow) -> str:
    return " · ".join((one_line(row.name, 120), *row.figures))
