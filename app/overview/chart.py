"""What all charts of the overview are: marks that can be walked, read and followed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.kit.controls.picture_menu import Rows, popup_picture_menu
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour
from app.overview.figure_entries import figure_entries

LEVELS = 4  # of shade, above nothing


class Chart(QWidget):
    """A painted chart; the arrow keys walk its marks, Enter or a click follows one.

    ``chosen`` has the index of a mark. What a chart paints and where is its own: ``places`` gives
    where its marks are, ``paint_into`` paints it, ``said`` tells a mark in words.
    """

    chosen = Signal(int)

    def __init__(self, name: str, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._file_name = name, file_name
        self._current = -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # -- what each chart says --------------------------------------------------------------

    def places(self, size: QSize) -> Sequence[QRectF]:
        """Where the marks are in a picture of a size."""
        raise NotImplementedError

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint the chart as large as ``size``."""
        raise NotImplementedError

    def figures(self) -> Rows:
        """The rows of its table, the header first."""
        raise NotImplementedError

    def said(self, index: int) -> str:
        """A mark in words."""
        raise NotImplementedError

    def step(self, key: Qt.Key) -> int:
        """How far an arrow key moves among the marks; 0 for none."""
        return {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)

    # -- marks -----------------------------------------------------------------------------

    @property
    def current(self) -> int:
        """The mark that the keyboard is on; -1 for none."""
        return self._current

    def set_current(self, index: int) -> None:
        """Move to a mark and say it."""
        count = len(self.places(self.size()))
        self._current = max(0, min(index, count - 1)) if count else -1
        said = self.said(self._current) if count else "nothing"
        self.setAccessibleDescription(said)
        self.update()

    def reset_current(self) -> None:
        """Forget where the keyboard was: the marks are others."""
        self._current = -1
        self.updateGeometry()
        self.update()

    def index_at(self, point: QPointF) -> int:
        """The mark under a point; -1 where there is none."""
        places = enumerate(self.places(self.size()))
        return next((index for index, mark in places if mark.contains(point)), -1)

    # -- events ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chart, and a frame around the mark that has the keyboard."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_into(painter, self.size())
        if not self.hasFocus():
            return
        painter.setPen(QPen(Colour.ACCENT.qcolor(), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        places = self.places(self.size())
        if 0 <= self._current < len(places):
            painter.drawRoundedRect(places[self._current].adjusted(-1, -1, 1, 1), 3, 3)
        else:
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, 3)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows walk, Enter follows, Home and End go to the first and the last mark."""
        key, last = Qt.Key(event.key()), len(self.places(self.size())) - 1
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self.chosen.emit(self._current)
        elif key == Qt.Key.Key_Home:
            self.set_current(0)
        elif key == Qt.Key.Key_End:
            self.set_current(last)
        elif step := self.step(key):
            self.set_current(last if self._current < 0 else self._current + step)
            places = self.places(self.size())
            if 0 <= self._current < len(places):
                corner = self.mapToGlobal(places[self._current].bottomLeft().toPoint())
                QToolTip.showText(corner, tip(self.said(self._current)), self)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click follows the mark under it."""
        index = self.index_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.set_current(index)
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that a mark can be followed."""
        over = self.index_at(event.position()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """Tell the mark under the pointer in words."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tip(self.said(index)) if index >= 0 else "", self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the episodes behind a mark, and the picture and the figures for other programs."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        mark = self._current if by_key else self.index_at(QPointF(event.pos()))
        popup_picture_menu(self, self, self._file_name, event.globalPos(), self.offered(mark))

    def offered(self, mark: int) -> list[QAction | None]:
        """The entries for a mark; none where there is none."""
        if not 0 <= mark < len(self.places(self.size())):
            return []
        return figure_entries(self.said(mark), partial(self.chosen.emit, mark))


def level(value: float, largest: float) -> int:
    """A shade for a value: 0 for nothing, else 1 to ``LEVELS`` by the square root of its share."""
    if value <= 0 or largest <= 0:
        return 0
    return min(LEVELS, max(1, round(LEVELS * math.sqrt(value / largest))))


def shade(step: int) -> QColor:
    """The colour of a level: from the ground to the accent."""
    if not step:
        return Colour.RAISED.qcolor()
    ground, full = Colour.SURFACE.qcolor(), Colour.SERIES_1.qcolor()
    part = (0.0, 0.3, 0.52, 0.76, 1.0)[step]
    mix: Callable[[int, int], int] = lambda a, b: round(a + (b - a) * part)  # noqa: E731
    return QColor(
        mix(ground.red(), full.red()),
        mix(ground.green(), full.green()),
        mix(ground.blue(), full.blue()),
    )
