"""The whole episode on a narrow strip: who spoke, errors, hits, and the steps in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.episodes.conversation.kept_overlay import KeptOverlay
from app.episodes.conversation.timeline_outline import TimelineOutline
from app.kit.formatting import counted, number
from app.kit.theme.colour import Colour

WIDTH = 46  # pixels
LANES = (8, 16)  # pixels: the left and the width of the lane of sources
ERROR_X = 30  # pixels: the left of errors
HIT_X = 40  # pixels: the middle of hits
_SOURCES = (Colour.PERSON, Colour.AGENT, Colour.SYSTEM)


class MiniMap(QWidget):
    """A strip of the steps from top to bottom; a click or the arrow keys jump."""

    jumped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Map of the whole episode")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._outline: TimelineOutline | None = None
        self._picture: QPixmap | None = None
        self._first, self._last, self._current = 0, 0, 0
        self._overlay: KeptOverlay | None = None

    def sizeHint(self) -> QSize:
        """The size of a narrow strip, as high as there is room."""
        return QSize(WIDTH, 200)

    def show_outline(self, outline: TimelineOutline | None) -> None:
        """Show an episode, or nothing."""
        self._outline, self._picture = outline, None
        self._first = self._last = self._current = 0
        if outline is not None:
            errors = outline.troubles.count(1)
            self.setAccessibleDescription(
                f"{counted(len(outline.steps), 'step')}, {number(errors)} with trouble, "
                f"{counted(len(outline.hits), 'search hit')}"
            )
        self.update()

    def lay_over(self, overlay: KeptOverlay | None) -> None:
        """Set apart the steps that compression keeps and mark decision points, or stop doing so."""
        self._overlay, self._picture = overlay, None
        self.update()

    def show_seen(self, first: int, last: int) -> None:
        """Mark the steps that are in sight."""
        self._first, self._last = first, last
        self.update()

    def show_current(self, seq: int) -> None:
        """Mark the step under the cursor."""
        self._current = seq
        self.update()

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture of the episode, and a frame around what is in sight."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.SURFACE.qcolor())
        if self._outline is None or not self._outline.steps:
            return
        if self._picture is None:
            self._picture = self._draw(self._outline)
        painter.drawPixmap(0, 0, self._picture)
        top, bottom = self._y(self._first), self._y(self._last + 1)
        frame = QRectF(2.5, top + 0.5, WIDTH - 5, max(5.0, bottom - top - 1))
        frame_colour = self.palette().text().color()
        painter.setPen(frame_colour)
        frame_colour.setAlpha(30)
        painter.setBrush(frame_colour)
        painter.drawRect(frame)
        self._draw_current(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw_current(self, painter: QPainter) -> None:
        y = (self._y(self._current) + self._y(self._current + 1)) / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().text())
        painter.drawPolygon(QPolygonF([QPointF(0, y - 4), QPointF(6, y), QPointF(0, y + 4)]))

    def _draw(self, outline: TimelineOutline) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(int(WIDTH * ratio), int(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        left, width = LANES
        for y, tall, start, stop in self._rows(len(outline.steps)):
            part = outline.sources[start:stop]
            most = max(range(3), key=part.count)
            colour = _SOURCES[most].qcolor()
            over = self._overlay
            dropped = over is not None and not any(over.kept[start:stop])
            colour.setAlphaF(0.13 if dropped else 0.55)
            painter.fillRect(QRectF(left, y, width, tall), colour)
            if 1 in outline.troubles[start:stop]:
                shape = QRectF(ERROR_X, y, 6, max(3.0, min(tall, 6.0)))
                painter.fillRect(shape, Colour.BAD.qcolor())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Colour.WARN.qcolor())
        for y in sorted({int(self._y(hit + 0.5)) for hit in outline.hits}):
            diamond = [(0, -4), (4, 0), (0, 4), (-4, 0)]
            painter.drawPolygon(QPolygonF([QPointF(HIT_X + x, y + dy) for x, dy in diamond]))
        for point in self._overlay.points if self._overlay is not None else ():
            y = self._y(point)
            painter.fillRect(QRectF(left - 4, y, width + 8, 1.5), Colour.WARN.qcolor())
        painter.end()
        return picture

    def _rows(self, steps: int) -> list[tuple[float, float, int, int]]:
        """Bands of the strip, each with the steps it stands for: (y, height, start, stop)."""
        bands = min(steps, max(1, self.height()))
        tall = self.height() / bands
        gap = 1.0 if tall >= 4 else 0.0
        return [
            (band * tall, tall - gap, band * steps // bands, (band + 1) * steps // bands)
            for band in range(bands)
        ]

    def _y(self, seq: float) -> float:
        count = len(self._outline.steps) if self._outline is not None else 1
        return seq * self.height() / max(1, count)

    # -- events ----------------------------------------------------------------------------

    def resizeEvent(self, event: QEvent) -> None:
        """Draw anew for the new height."""
        self._picture = None

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._picture = None
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the step under the pointer."""
        self._jump(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._jump(event.position().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do nothing: all was done when the button went down."""
        event.accept()

    def _jump(self, y: float) -> None:
        if self._outline is not None and self._outline.steps:
            count = len(self._outline.steps)
            self.jumped.emit(max(0, min(count - 1, int(y * count / max(1, self.height())))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by a twentieth of the episode."""
        count = len(self._outline.steps) if self._outline is not None else 0
        keys: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        by = keys.get(event.key())
        if by is None or not count:
            super().keyPressEvent(event)
            return
        wanted = self._current + by * max(1, count // 20)
        self.jumped.emit(max(0, min(count - 1, wanted)))
