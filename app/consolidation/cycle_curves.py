"""Curves of how a cycle learned, step by step: loss, penalty, loss of what was replayed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kit.controls.picture_menu import Rows, popup_picture_menu
from app.kit.theme.colour import Colour
from hpm_engine import CycleReport

_GAP = 18  # pixels between curves
_EDGE = 8  # pixels around them


class _Curve(NamedTuple):
    title: str
    unit: str
    colour: Colour
    values: tuple[float, ...]


class CycleCurves(QWidget):
    """Three curves beside each other, each with its own scale.

    Of a cycle under way what was reported so far, of one that is over its last slice.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._curves = _curves((), (), ())
        self._name()

    def show_report(self, report: CycleReport) -> None:
        """Show the curves of a cycle."""
        self._curves = _curves(report.loss, report.held, report.replay_loss)
        self._name()
        self.update()

    def begin(self) -> None:
        """Show the curves of a cycle under way, which has none yet."""
        self._curves = _curves((), (), ())
        self._name()
        self.update()

    def add(self, figures: Sequence[float]) -> None:
        """Add what a cycle under way reports: its loss, penalty, and loss of replay."""
        pairs = zip_longest((curve.values for curve in self._curves), figures)
        self._curves = _curves(*((*was, *([] if new is None else [new])) for was, new in pairs))
        self._name()
        self.update()

    def _name(self) -> None:
        words = [
            f"{curve.title} from {curve.values[0]:,.1f} to {curve.values[-1]:,.1f} {curve.unit}"
            for curve in self._curves
            if curve.values
        ]
        self.setAccessibleName("Learning, step by step: " + ("; ".join(words) or "nothing"))

    def sizeHint(self) -> QSize:
        """The size of a low and wide widget."""
        return QSize(420, 130)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curves on the surface."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.SURFACE.qcolor())
        self.paint_into(painter, self.size())

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint the curves as large as ``size``."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = (size.width() - 2 * _EDGE - 2 * _GAP) / len(self._curves)
        for index, curve in enumerate(self._curves):
            area = QRectF(_EDGE + index * (wide + _GAP), _EDGE, wide, size.height() - 2 * _EDGE)
            self._paint(painter, curve, area)

    def _paint(self, painter: QPainter, curve: _Curve, area: QRectF) -> None:
        line = painter.fontMetrics().height()
        painter.setPen(curve.colour.qcolor())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        painter.drawText(area, flags, _elided(painter, curve.title, area))
        inner = area.adjusted(0, line + 6, 0, -line - 2)
        painter.setPen(QPen(Colour.LINE.qcolor(), 1))
        painter.drawLine(inner.bottomLeft(), inner.bottomRight())
        below = QRectF(area.left(), inner.bottom() + 2, area.width(), line)
        painter.setPen(Colour.MUTED.qcolor())
        if not curve.values:
            painter.drawText(below, flags, "none")
            return
        first, last = curve.values[0], curve.values[-1]
        words = f"{_short(first)} → {_short(last)} {curve.unit}"
        painter.drawText(below, flags, _elided(painter, words, below))
        painter.setPen(QPen(curve.colour.qcolor(), 2))
        painter.drawPolyline(_points(curve.values, inner))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture and the figures for other programs."""
        popup_picture_menu(self, self, "cycle", event.globalPos())

    def figures(self) -> Rows:
        """A row for each gradient step."""
        heads = ("step", *(f"{curve.title} ({curve.unit})" for curve in self._curves))
        columns = zip_longest(*(curve.values for curve in self._curves), fillvalue="")
        return [heads, *((step, *row) for step, row in enumerate(columns, start=1))]


def _curves(
    loss: Sequence[float], held: Sequence[float], replay: Sequence[float]
) -> tuple[_Curve, ...]:
    return (
        _Curve("Loss of new memories", "nats each", Colour.SERIES_1, tuple(loss)),
        _Curve("EWC penalty", "nats", Colour.SERIES_2, tuple(held)),
        _Curve("Loss of replayed ones", "nats each", Colour.SERIES_3, tuple(replay)),
    )


def _points(values: Sequence[float], area: QRectF) -> QPolygonF:
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = area.width() / max(1, len(values) - 1)
    return QPolygonF(
        [
            QPointF(
                area.left() + index * step, area.bottom() - (value - low) / span * area.height()
            )
            for index, value in enumerate(values)
        ]
    )


def _elided(painter: QPainter, text: str, area: QRectF) -> str:
    how = Qt.TextElideMode.ElideRight
    return painter.fontMetrics().elidedText(text, how, int(area.width()))


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}"
