"""The chart of how the memory grew, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QWidget

from app.kit.formatting import counted
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import GrowthPoint, utc_text

DAY = 86_400  # seconds
SHORTEST = 14 * DAY  # a single day would else be one bar as wide as the chart
_MEASURES = ("Episodes per day", "Steps per day", "Text per day (kB)")


def import_charts() -> None:
    """Import pyqtgraph, which takes half a second: call it on the reader thread."""
    import_module("pyqtgraph")


class GrowthChart(Panel):
    """A chart of bars over local days; what is counted can be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Growth", parent)
        self._points: Sequence[GrowthPoint] = ()
        self._plot: Any = None
        self._bars: Any = None
        self._measure = QComboBox()
        self._measure.addItems(list(_MEASURES))
        self._measure.setAccessibleName("What the growth chart counts")
        self._measure.currentIndexChanged.connect(self._draw)
        self._facts = SafeLabel(tone=Colour.MUTED)
        self.body.removeWidget(self.heading)
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addSpacing(12)
        top.addWidget(self._facts, 1)
        top.addWidget(self._measure)
        self.body.addLayout(top)
        self.setMinimumHeight(260)
        self.setMaximumHeight(340)

    def show_growth(self, points: Sequence[GrowthPoint]) -> None:
        """Show the days; pyqtgraph must have been imported."""
        self._points = points
        if self._plot is None:
            self._plot = self._make_plot()
            self.body.addWidget(self._plot, 1)
        self._facts.setText(_describe(points))
        self._plot.setAccessibleName(f"Growth chart. {_describe(points)}")
        self._draw()

    def _make_plot(self) -> Any:
        pg: Any = import_module("pyqtgraph")
        plot = pg.PlotWidget(enableMenu=False, axisItems={"bottom": pg.DateAxisItem(utcOffset=0)})
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        # pyqtgraph leaves its menu without a parent, so nobody else deletes it.
        menu = plot.getPlotItem().ctrlMenu
        menu.setParent(plot, menu.windowFlags())
        plot.showGrid(x=False, y=True, alpha=0.15)
        plot.getAxis("left").setWidth(56)
        plot.setFrameShape(plot.Shape.NoFrame)
        return plot

    def _draw(self) -> None:
        if self._plot is None:
            return
        pg: Any = import_module("pyqtgraph")
        self._plot.clear()
        self._dress()
        days = [_day(point.day) for point in self._points]
        values = [self._value(point) for point in self._points]
        colour = Colour.SERIES_1.qcolor()
        if not days:
            return
        bars = pg.BarGraphItem(x=days, height=values, width=DAY * 0.8, brush=colour, pen=colour)
        self._plot.addItem(bars)
        first, last = days[0], days[-1]
        room = max(0.0, SHORTEST - (last - first)) / 2 + DAY
        self._plot.setXRange(first - room, last + room, padding=0)
        self._plot.setYRange(0, max(values) * 1.08 or 1, padding=0)

    def _value(self, point: GrowthPoint) -> float:
        index = self._measure.currentIndex()
        return (point.episodes, point.steps, point.text_size / 1000)[index]

    def _dress(self) -> None:
        self._plot.setBackground(Colour.SURFACE.qcolor())
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(Colour.LINE.qcolor())
            axis.setTextPen(Colour.MUTED.qcolor())
            axis.setTickFont(self.font())
            axis.enableAutoSIPrefix(False)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture and the figures for other programs."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy the picture", self.copy_picture)
        menu.addAction("Copy the figures (CSV)", self.copy_figures)
        menu.popup(event.globalPos())

    def copy_picture(self) -> None:
        """Put the chart on the clipboard as it looks."""
        QGuiApplication.clipboard().setPixmap(self.grab())

    def copy_figures(self) -> None:
        """Put the days, the moment (UTC) at which each begins, and the figures on the clipboard."""
        lines = ["local_day,begins,episodes,steps,text_bytes"]
        for point in self._points:
            figures = f"{point.episodes},{point.steps},{point.text_size}"
            lines.append(f"{point.day},{utc_text(point.start)},{figures}")
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()


def _day(text: str) -> float:
    """The position of a day on the axis, which knows days of 24 hours and no zone."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() + DAY / 2


def _describe(points: Sequence[GrowthPoint]) -> str:
    if not points:
        return "No episode says when it began"
    episodes = counted(sum(point.episodes for point in points), "episode")
    return f"{points[0].day} to {points[-1].day}: {episodes}"
