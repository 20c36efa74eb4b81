"""Masks of all compressed episodes at once: a thin row for each, its steps from left to right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from operator import itemgetter

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QLine,
    QModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from app.kit.controls.picture_menu import Rows, popup_picture_menu
from app.kit.formatting import counted, number
from app.kit.plain_text import one_line, tip
from app.kit.theme.colour import Colour
from app.masks.compressed_table import CompressedTable

_HEIGHTS = (3, 5, 8, 12, 18)
_LEAST = 1  # of these heights, unless a person asks for a lower one
_LEFT = 4  # pixels
_TOP = 2  # pixels
_CELLS = 400  # of a row as it is painted
_MARKED = bytes(128 if value else 0 for value in range(256))


class HeatMap(QAbstractScrollArea):
    """A row of cells for each mask, which shares its cursor with a table; Ctrl and wheel zoom.

    The stronger a cell, the higher its step ranks in its episode by the mask's value; where a
    step keeps no text it is grey.
    """

    def __init__(
        self,
        rows: CompressedTable,
        selection: QItemSelectionModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows, self._selection = rows, selection
        self._zoom: int | None = None  # None: as high as lets all rows be seen
        self._colours: list[int] = []
        self._lines: dict[int, bytes] = {}
        self.setAccessibleName(
            "Heat map of what is kept: episodes from top to bottom, steps to the right"
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._colour()
        rows.modelReset.connect(lambda: self._forget())
        rows.modelReset.connect(self._fit)
        rows.dataChanged.connect(self._forget)
        selection.currentRowChanged.connect(self._on_row)

    @property
    def row_height(self) -> int:
        """Pixels of a row."""
        return _HEIGHTS[self._step]

    @property
    def _step(self) -> int:
        if self._zoom is not None:
            return self._zoom
        room = self.viewport().height() - 2 * _TOP
        fits = [n for n, high in enumerate(_HEIGHTS) if high * self.rows.rowCount() <= room]
        return max([_LEAST, *fits])

    def zoom(self, by: int) -> None:
        """Make rows higher or lower; the first in sight stays."""
        first = self.verticalScrollBar().value() // self.row_height
        self._zoom = max(0, min(len(_HEIGHTS) - 1, self._step + by))
        self._fit()
        self.verticalScrollBar().setValue(first * self.row_height)
        self.viewport().update()

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight; those that are not here are asked for."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), Colour.SURFACE.qcolor())
        top = self.verticalScrollBar().value()
        self._paint_rows(painter, top, self.viewport().width(), self.viewport().height())
        row = self._selection.currentIndex().row()
        if row >= 0:
            y = _TOP + row * self.row_height - top
            painter.setPen(QPen(self.palette().text().color(), 1))
            wide = self.viewport().width() - 1
            painter.drawRect(QRectF(0.5, y - 1.5, wide, self.row_height + 1))
        if self.hasFocus():
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint what is in sight as large as ``size``."""
        self._paint_rows(painter, self.verticalScrollBar().value(), size.width(), size.height())

    def _paint_rows(self, painter: QPainter, top: int, width: int, height: int) -> None:
        """All rows in sight as one image: to scale each alone takes 20 ms for 160 of them."""
        tall = self.row_height
        first, last = top // tall, min(self.rows.rowCount(), (top + height) // tall + 1)
        if last <= first:
            return
        data = b"".join(self._line(index) for index in range(first, last))
        image = QImage(data, _CELLS, last - first, _CELLS, QImage.Format.Format_Indexed8)
        image.setColorTable(self._colours)
        y, room = _TOP + first * tall - top, (last - first) * tall
        painter.drawImage(QRectF(_LEFT, y, width - 2 * _LEFT, room), image)
        if tall > 3:
            painter.setPen(Colour.SURFACE.qcolor())
            ends = (y + tall * (index + 1) - 1 for index in range(last - first))
            painter.drawLines([QLine(_LEFT, end, width - _LEFT, end) for end in ends])

    def _line(self, index: int) -> bytes:
        """A row's cells as places in the table of colours; its first half is for dropped steps."""
        line = self._lines.get(index)
        if line is not None:
            return line
        row = self.rows.row(index, fetch=True)
        if row is None:
            return bytes(_CELLS)
        cells = row.brief.mask.translate(_ranks(row.brief.mask))
        kept = int.from_bytes(row.brief.kept.translate(_MARKED))
        codes = (int.from_bytes(cells) | kept).to_bytes(len(cells))
        line = bytes(_spread(len(codes))(codes)) if len(codes) > 1 else bytes(_CELLS)
        self._lines[index] = line
        return line

    def _forget(self, first: QModelIndex | None = None, last: QModelIndex | None = None) -> None:
        """Rows have changed, all of them where none is named."""
        if first is None or last is None:
            self._lines.clear()
        else:
            for index in range(first.row(), last.row() + 1):
                self._lines.pop(index, None)
        self.viewport().update()

    def _colour(self) -> None:
        ground, grey, full = (c.qcolor() for c in (Colour.RAISED, Colour.FAINT, Colour.SERIES_1))
        dropped = [_between(ground, grey, rank / 127 * 0.8) for rank in range(128)]
        kept = [_between(ground, full, 0.25 + rank / 127 * 0.75) for rank in range(128)]
        self._colours = [colour.rgb() for colour in (*dropped, *kept)]

    # -- geometry --------------------------------------------------------------------------

    def _fit(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(height)
        bar.setSingleStep(self.row_height * 3)
        bar.setRange(0, max(0, 2 * _TOP + self.rows.rowCount() * self.row_height - height))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the scroll bar to the new height."""
        super().resizeEvent(event)
        self._fit()

    def _on_row(self) -> None:
        row = self._selection.currentIndex().row()
        bar, tall = self.verticalScrollBar(), self.row_height
        if row >= 0:
            top = row * tall
            if top < bar.value():
                bar.setValue(top)
            elif top + tall > bar.value() + self.viewport().height():
                bar.setValue(top + tall - self.viewport().height())
        self.viewport().update()

    # -- events ----------------------------------------------------------------------------

    def row_at(self, y: int) -> int | None:
        """The row at a place from the top of what is seen."""
        row = (y - _TOP + self.verticalScrollBar().value()) // self.row_height
        return row if 0 <= row < self.rows.rowCount() else None

    def _choose(self, row: int | None) -> None:
        if row is not None:
            flags = QItemSelectionModel.SelectionFlag
            wanted = flags.ClearAndSelect | flags.Rows
            self._selection.setCurrentIndex(self.rows.index(row, 0), wanted)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row that was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.row_at(int(event.position().y())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by a row or a page; + and - change the rows' height."""
        page = max(1, self.viewport().height() // self.row_height - 1)
        moves = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
        }
        by = moves.get(Qt.Key(event.key()))
        if by is not None and self.rows.rowCount():
            row = self._selection.currentIndex().row() + by
            self._choose(max(0, min(self.rows.rowCount() - 1, row)))
        elif event.text() in ("+", "-"):
            self.zoom(1 if event.text() == "+" else -1)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or with Ctrl change the rows' height."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Say which episode is under the pointer."""
        if isinstance(event, QHelpEvent):
            index = self.row_at(event.pos().y())
            row = self.rows.row(index) if index is not None else None
            if row is not None:
                brief = row.brief
                text = (
                    f"{one_line(row.episode.name, 200)}\n"
                    f"{number(brief.kept_steps)} of {counted(brief.steps, 'step')} keep text, "
                    f"{row.ratio:.1f}x smaller"
                )
                QToolTip.showText(event.globalPos(), tip(text), self)
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture and the figures for other programs."""
        self.popup_menu(event.globalPos())

    def popup_menu(self, where: QPoint) -> None:
        """Open the menu of exports."""
        popup_picture_menu(self, self, "masks", where)

    def figures(self) -> Rows:
        """A row for each episode whose memory was read."""
        head = "episode,steps,kept_steps,decision_points,decision_points_kept,raw_bytes"
        rows: list[list[object]] = [[*head.split(","), "stored_bytes", "scorer", "mask"]]
        for row in self.rows.rows_held():
            b = row.brief
            counts = [b.episode_id, b.steps, b.kept_steps, b.decision_points]
            sizes = [b.decision_points_kept, b.raw_size, b.stored_size]
            mask = " ".join(f"{value / 255:.2f}" for value in b.mask)
            rows.append([*counts, *sizes, b.scorer, mask])
        return rows

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
            self.viewport().update()


def _ranks(mask: bytes) -> bytes:
    """What takes each value to how many of these it outranks, the highest to 127."""
    ranks, below = bytearray(256), 0
    times = sorted(Counter(mask).items())
    most = max(1, len(mask) - times[-1][1]) if times else 1
    for value, count in times:
        ranks[value] = below * 127 // most
        below += count
    return bytes(ranks)


@cache
def _spread(count: int) -> Callable[[bytes], Iterable[int]]:
    """What takes so many cells to those of a painted row."""
    return itemgetter(*(cell * count // _CELLS for cell in range(_CELLS)))


def _between(colour: QColor, other: QColor, share: float) -> QColor:
    def mixed(a: int, b: int) -> int:
        return round(a + (b - a) * share)

    return QColor(
        mixed(colour.red(), other.red()),
        mixed(colour.green(), other.green()),
        mixed(colour.blue(), other.blue()),
    )
