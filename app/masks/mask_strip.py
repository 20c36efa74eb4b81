"""An episode over time: the course of its actions, and what each scorer's mask keeps of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.kit.bar_image import bars, shades
from app.kit.controls.picture_menu import Rows, popup_picture_menu
from app.kit.formatting import counted
from app.kit.plain_text import one_line, tip
from app.kit.theme.colour import Colour
from app.masks.mask_figures import mask_figures, told_of_step
from app.masks.mask_reading import MaskedEpisode, MaskReading, disagreements
from app.masks.rebuilt.band import BAND, MARKS, Cell, paint_rebuilt
from app.masks.rebuilt.reading import Rebuilding
from app.masks.strip_lanes import (
    CURVE,
    GAP,
    KEPT,
    LANE,
    LEFT,
    POINTS,
    RIGHT,
    TOP,
    USUAL_TEXT,
    VALUES,
    cells,
    enlarged,
    shaded,
)

_FEW = 300  # bars that are painted one by one, with gaps between them
_COLOURS = (Colour.SERIES_1, Colour.SERIES_2)


class MaskStrip(QWidget):
    """Steps from left to right; a click or the arrow keys choose one.

    Above the course of the actions with its change points ◆ (◇ where nothing of the step is kept),
    then for each scorer the steps' ranks by mask value as bars over the kept set, and what its
    stored values rebuild. Values themselves lie so close that bars of them would all look alike.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Mask over time")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._episode: MaskedEpisode | None = None
        self._readings: tuple[MaskReading, ...] = ()
        self._rebuilt: tuple[Rebuilding, ...] = ()
        self._differ: frozenset[int] = frozenset()
        self._current = 0
        self._picture: QPixmap | None = None
        self._course: QPixmap | None = None  # half of a picture's work, the same for each budget

    def show_masks(self, episode: MaskedEpisode, readings: Sequence[MaskReading]) -> None:
        """Show an episode with the compressions of one scorer or two."""
        grew = len(readings) != len(self._readings)
        if episode is not self._episode:
            self._course = None
        self._episode, self._readings, self._picture = episode, tuple(readings), None
        self._rebuilt = (None,) * len(self._readings)
        self._differ = frozenset(disagreements(*readings) if len(readings) == 2 else ())
        kept = [
            f"{sum(map(bool, reading.shares)):,} kept by {reading.kept.scorer}"
            for reading in readings
        ]
        self.setAccessibleDescription(f"{counted(len(episode.steps), 'step')}, {', '.join(kept)}")
        if grew:
            self.updateGeometry()
        self.update()

    def show_rebuilt(self, rebuilt: Sequence[Rebuilding]) -> None:
        """Show what the values of the compressions rebuild, one for each, as far as it is known."""
        if tuple(rebuilt) != self._rebuilt:
            self._rebuilt, self._picture = tuple(rebuilt), None
            self.update()

    def show_current(self, seq: int) -> None:
        """Mark the chosen step."""
        self._current = seq
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its lanes."""
        lanes = max(1, len(self._readings))
        high = TOP + CURVE + POINTS + lanes * LANE + GAP
        return QSize(600, round((high + (14 if lanes == 2 else 0)) * self._zoom))

    @property
    def _zoom(self) -> float:
        """How much larger the lanes are than usual: so that their names have room."""
        return max(1.0, self.fontMetrics().height() / USUAL_TEXT)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, and where one is in it."""
        painter = QPainter(self)
        if self._picture is None:
            self._picture = self._painted()
        painter.drawPixmap(0, 0, self._picture)
        if self._episode is None or not self._episode.steps:
            return
        x, beyond = (self._x(seq) * self._zoom for seq in (self._current, self._current + 1))
        width = beyond - x
        colour = self.palette().text().color()
        painter.setPen(QPen(colour, 1))
        colour.setAlpha(28)
        frame = QRectF(round(x) + 0.5, 0.5, max(2.0, width - 1), self.height() - 1)
        painter.fillRect(frame, colour)
        painter.drawRect(frame)
        if self.hasFocus():
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _painted(self) -> QPixmap:
        """The picture for the widget's size, over a course of actions that is painted once."""
        if self._course is None:
            ratio = self.devicePixelRatioF()
            self._course = QPixmap(self.size() * ratio)
            self._course.setDevicePixelRatio(ratio)
            self._course.fill(Colour.SURFACE.qcolor())
            inside = QPainter(self._course)
            self._paint_course(inside, enlarged(inside, self, self._zoom))
            inside.end()
        picture = QPixmap(self._course)
        inside = QPainter(picture)
        self._paint_lanes(inside, enlarged(inside, self, self._zoom))
        inside.end()
        return picture

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint all lanes as large as ``size``."""
        self._paint_course(painter, size.width())
        self._paint_lanes(painter, size.width())

    def _paint_lanes(self, painter: QPainter, width: int) -> None:
        episode = self._episode
        if episode is None or not episode.steps:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_points(painter, width, episode)
        y = TOP + CURVE + POINTS
        for lane, reading in enumerate(self._readings):
            self._paint_lane(painter, width, y, reading, _COLOURS[lane].qcolor())
            self._paint_rebuilt(painter, width, y + LANE - MARKS - BAND - GAP + 2, lane)
            y += LANE
        if len(self._readings) == 2:
            self._paint_differences(painter, width, y + 2)

    def _paint_course(self, painter: QPainter, width: int) -> None:
        episode = self._episode
        if episode is None or not episode.steps:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        curve, count = episode.curve, len(episode.steps)
        self._label(painter, TOP + CURVE / 2, "actions", Colour.MUTED)
        for seq in curve.points:
            x = self._x(seq, width)
            painter.setPen(QPen(Colour.LINE.qcolor(), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, TOP), QPointF(x, TOP + CURVE + 2))
        wide = (width - LEFT - RIGHT) / count
        line = QPolygonF(
            [
                QPointF(LEFT + (seq + 0.5) * wide, TOP + (1 - value) * CURVE)
                for seq, value in enumerate(curve.values)
            ]
        )
        painter.setPen(QPen(Colour.SERIES_3.qcolor(), 1.4 if count < 1500 else 0.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(line)
        if not curve.values:
            text = "the full text was deleted: the course of the actions is not known any more"
            painter.setPen(Colour.MUTED.qcolor())
            painter.drawText(QPointF(LEFT, TOP + CURVE / 2), text)

    def _paint_points(self, painter: QPainter, width: int, episode: MaskedEpisode) -> None:
        self._label(painter, TOP + CURVE + POINTS / 2, "decisions", Colour.MUTED)
        shares = self._readings[0].shares if self._readings else b""
        colour = Colour.WARN.qcolor()
        painter.setPen(QPen(colour, 1.2))
        for seq in episode.curve.points:
            held = seq < len(shares) and shares[seq]
            painter.setBrush(colour if held else QColor(Qt.GlobalColor.transparent))
            x, y = self._middle(seq, width), TOP + CURVE + POINTS / 2
            diamond = ((0, -4), (4, 0), (0, 4), (-4, 0))
            painter.drawPolygon(QPolygonF([QPointF(x + a, y + b) for a, b in diamond]))

    def _paint_lane(
        self, painter: QPainter, width: int, top: float, reading: MaskReading, colour: QColor
    ) -> None:
        base = top + VALUES
        self._label(painter, top + VALUES / 2, one_line(reading.kept.scorer, 24), None)
        self._label(painter, base + GAP / 2 + KEPT / 2, "kept", Colour.MUTED)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        faint, ground = Colour.FAINT.qcolor(), Colour.RAISED.qcolor()
        faint.setAlphaF(0.55)
        inner = QRectF(LEFT, base + GAP / 2, width - LEFT - RIGHT, KEPT)
        painter.fillRect(inner, ground)
        cells = self._cells(width)
        levels = [max(reading.levels[start:stop]) for _, _, start, stop in cells]
        shares = [max(reading.shares[start:stop]) for _, _, start, stop in cells]
        shades_of = [ground] * 256
        for share in set(shares) - {0}:
            shades_of[share] = shaded(colour, share)
        if len(cells) > _FEW:
            clear = QColor(Qt.GlobalColor.transparent)
            area = QRectF(LEFT, base - VALUES, inner.width(), VALUES)
            painter.drawImage(area, bars(levels, shares, (clear, faint, colour)))
            painter.drawImage(inner, shades(shares, shades_of))
        else:
            for (x, wide, _, _), level, share in zip(cells, levels, shares, strict=True):
                high = max(1.0, level / 255 * VALUES)
                bar = QRectF(x, base - high, wide, high)
                painter.fillRect(bar, colour if share else faint)
                if share:
                    painter.fillRect(QRectF(x, inner.top(), wide, KEPT), shades_of[share])
        painter.setPen(QPen(Colour.LINE.qcolor(), 1))
        painter.drawLine(QPointF(LEFT, base + 0.5), QPointF(width - RIGHT, base + 0.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_rebuilt(self, painter: QPainter, width: int, top: float, lane: int) -> None:
        self._label(painter, top + MARKS + BAND / 2, "rebuilt", Colour.MUTED)
        area = QRectF(LEFT, top, width - LEFT - RIGHT, MARKS + BAND)
        ink = self.palette().text().color()
        paint_rebuilt(painter, area, self._cells(width), self._rebuilt[lane], ink)

    def _paint_differences(self, painter: QPainter, width: int, top: float) -> None:
        """Where one scorer alone keeps a step: ▲ points up to the first's lane, ▼ is the other."""
        self._label(painter, top + 4, "differ", Colour.MUTED)
        painter.setPen(Qt.PenStyle.NoPen)
        first = self._readings[0].shares
        for seq in sorted(self._differ):
            up = bool(first[seq])
            painter.setBrush(_COLOURS[0 if up else 1].qcolor())
            x, by = self._middle(seq, width), -4 if up else 4
            shape = [QPointF(x, top + 4 + by), QPointF(x - 3, top + 4 - by / 2)]
            painter.drawPolygon(QPolygonF([*shape, QPointF(x + 3, top + 4 - by / 2)]))

    def _label(self, painter: QPainter, y: float, text: str, tone: Colour | None) -> None:
        painter.setPen(tone.qcolor() if tone else self.palette().text().color())
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, LEFT - 16)
        painter.drawText(QPointF(10, y + metrics.ascent() / 2 - 1), shown)

    def _cells(self, width: int) -> list[Cell]:
        return cells(width, len(self._episode.steps) if self._episode is not None else 0)

    def _x(self, seq: float, width: int | None = None) -> float:
        count = len(self._episode.steps) if self._episode is not None else 1
        room = (self.width() / self._zoom if width is None else width) - LEFT - RIGHT
        return LEFT + seq * room / max(1, count)

    def _middle(self, seq: int, width: int) -> float:
        return self._x(seq + 0.5, width)

    # -- events ----------------------------------------------------------------------------

    def seq_at(self, x: float) -> int | None:
        """The step at a place from the left."""
        count = len(self._episode.steps) if self._episode is not None else 0
        room = self.width() / self._zoom - LEFT - RIGHT
        if not count or room <= 0:
            return None
        return max(0, min(count - 1, int((x / self._zoom - LEFT) * count / room)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the step that was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.seq_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(self.seq_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by a step, or with [ and ] to the decision point before or after."""
        by = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        points = self._episode.curve.points if self._episode is not None else ()
        if by is not None:
            self._choose(self._current + by)
        elif event.text() == "[":
            self._choose(max((p for p in points if p < self._current), default=None))
        elif event.text() == "]":
            self._choose(min((p for p in points if p > self._current), default=None))
        else:
            super().keyPressEvent(event)

    def _choose(self, seq: int | None) -> None:
        if seq is not None and self._episode is not None and 0 <= seq < len(self._episode.steps):
            self.chosen.emit(seq)

    def event(self, event: QEvent) -> bool:
        """Say of the step under the pointer what is kept of it, and why."""
        if isinstance(event, QHelpEvent) and self._episode is not None:
            seq = self.seq_at(event.pos().x())
            if seq is not None and self._readings:
                text = told_of_step(self._episode, self._readings, self._rebuilt, seq)
                QToolTip.showText(event.globalPos(), tip(text), self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture and the figures for other programs."""
        self.popup_menu(event.globalPos())

    def popup_menu(self, where: QPoint) -> None:
        """Open the menu of exports."""
        if self._episode is not None:
            name = f"mask-of-episode-{self._episode.detail.episode.id}"
            popup_picture_menu(self, self, name, where)

    def figures(self) -> Rows:
        """A row for each step: see ``mask_figures``."""
        if self._episode is None:
            return []
        return mask_figures(self._episode, self._readings, self._rebuilt)

    def resizeEvent(self, event: QEvent) -> None:
        """Draw anew for the new width."""
        self._picture = self._course = None

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in the new colours."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._picture = self._course = None
            self.updateGeometry()
            self.update()
