"""Masks of all compressed episodes at once: a thin row for each, its steps from left to right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QRectF, QSize, Qt
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

from app.formatting import counted, number
from app.models.compressed_table import CompressedRow, CompressedTable
from app.theme import Colour
from app.widgets.picture_menu import Rows, popup_picture_menu
from app.widgets.plain_text import one_line, tip

_HEIGHTS = (3, 5, 8, 12, 18)
_LEFT, _TOP = 4, 2


class HeatMap(QAbstractScrollArea):
    """Shares its rows and its cursor with a table. Ctrl and the wheel change the rows' height.

    The darker a cell, the higher the mask's value; where a step keeps no text it is grey.
    """

    def __init__(
        self,
        rows: CompressedTable,
        selection: QItemSelectionModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows, self._selection = rows, selection
        self._zoom = 1
        self._colours: list[int] = []
        self.setAccessibleName("Heat map of masks: episodes from top to bottom, steps to the right")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._colour()
        rows.modelReset.connect(self._fit)
        rows.dataChanged.connect(self.viewport().update)
        selection.currentRowChanged.connect(self._on_row)

    @property
    def row_height(self) -> int:
        """Pixels of a row."""
        return _HEIGHTS[self._zoom]

    def zoom(self, by: int) -> None:
        """Make rows higher or lower; the first in sight stays."""
        first = self.verticalScrollBar().value() // self.row_height
        self._zoom = max(0, min(len(_HEIGHTS) - 1, self._zoom + by))
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
        tall = self.row_height
        first, last = top // tall, min(self.rows.rowCount(), (top + height) // tall + 1)
        gap = 1 if tall > 3 else 0
        blank = Colour.RAISED.qcolor()
        for place in range(first, last):
            area = QRectF(_LEFT, _TOP + place * tall - top, width - 2 * _LEFT, tall - gap)
            row = self.rows.row(place, fetch=True)
            if row is None:
                painter.fillRect(area, blank)
            else:
                painter.drawImage(area, self._image(row))

    def _image(self, row: CompressedRow) -> QImage:
        """Mask values as colours: the lower half of the table is grey, for dropped steps."""
        mask, kept = row.brief.mask, row.brief.kept
        cells = bytes((value >> 1) | (128 if k else 0) for value, k in zip(mask, kept, strict=True))
        image = QImage(cells, len(cells), 1, len(cells), QImage.Format.Format_Indexed8)
        image.setColorTable(self._colours)
        return image.copy()  # the image only borrows the bytes

    def _colour(self) -> None:
        ground, grey, full = (c.qcolor() for c in (Colour.RAISED, Colour.FAINT, Colour.SERIES_1))
        dropped = [_between(ground, grey, place / 127 * 0.8) for place in range(128)]
        kept = [_between(ground, full, 0.25 + place / 127 * 0.75) for place in range(128)]
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
            place = self.row_at(event.pos().y())
            row = self.rows.row(place) if place is not None else None
            if row is not None:
                brief = row.brief
                text = (
                    f"{one_line(row.episode.task or row.episode.key, 200)}\n"
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


def _between(one: QColor, other: QColor, at: float) -> QColor:
    def mixed(a: int, b: int) -> int:
        return round(a + (b - a) * at)

    return QColor(
        mixed(one.red(), other.red()),
        mixed(one.green(), other.green()),
        mixed(one.blue(), other.blue()),
    )
