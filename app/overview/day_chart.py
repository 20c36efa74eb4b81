"""The chart of amounts day by day, stacked by model, project or agent, or as a running total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.kit.controls.picture_menu import Rows
from app.kit.formatting import number, scaled
from app.kit.theme.colour import Colour
from app.overview.chart import Chart
from app.overview.words import dollars
from hpm_engine import Amount, DayAmount, NamedAmount

SERIES = (Colour.SERIES_1, Colour.SERIES_2, Colour.SERIES_3, Colour.SERIES_4)
OTHERS = Colour.FAINT
_DAILY = 120  # days; more are shown by weeks
_WEEKLY = 120 * 7  # days; more are shown by months
_LINES = 4  # of the scale


class Measure(NamedTuple):
    """What the bars are as high as."""

    name: str
    value: Callable[[Amount], float]
    text: Callable[[float], str]


MEASURES = (
    Measure("Tokens", lambda amount: amount.tokens, scaled),
    Measure("Cost", lambda amount: amount.cost.total, dollars),
    Measure("Episodes", lambda amount: amount.episodes, lambda value: number(round(value))),
    Measure("Steps", lambda amount: amount.steps, lambda value: number(round(value))),
    Measure("Failed calls", lambda amount: amount.errors, lambda value: number(round(value))),
)
STACKS: Mapping[str, Callable[[DayAmount], Sequence[NamedAmount]]] = {
    "model": lambda day: day.models,
    "project": lambda day: day.projects,
    "agent": lambda day: day.agents,
}


class Bin(NamedTuple):
    """A bar: some days, and the value of each series in them."""

    first: date
    days: int
    values: tuple[float, ...]  # of the series, then of all others

    @property
    def total(self) -> float:
        """The height of the bar."""
        return sum(self.values)


class DayChart(Chart):
    """Bars over local days, weeks or months, by how many days there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Day by day", "days", parent)
        self.bins: list[Bin] = []
        self.names: list[str] = []
        self.measure = MEASURES[0]
        self.running = False

    def sizeHint(self) -> QSize:
        """Room for bars and two scales."""
        return QSize(760, 220)

    def minimumSizeHint(self) -> QSize:
        """As small as it can be read."""
        return QSize(360, 180)

    def show_days(
        self,
        days: Sequence[DayAmount],
        names: Sequence[str],
        stack: str,
        measure: Measure,
        running: bool,
    ) -> None:
        """Show days by the named parts of a stack, the rest as one part more."""
        self.names, self.measure, self.running = list(names), measure, running
        self.bins = _bins(days, names, STACKS[stack], measure, running)
        span = f"{days[0].day} to {days[-1].day}" if days else "no day"
        self.setAccessibleName(f"{measure.name} by day and {stack}: {span}")
        self.reset_current()

    # -- geometry --------------------------------------------------------------------------

    def _area(self, size: QSize) -> QRectF:
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance(self.measure.text(self._largest() or 1)) + 24.0
        below = metrics.height() + 6.0
        top = metrics.height() / 2
        return QRectF(
            left, top, max(1.0, size.width() - left), max(1.0, size.height() - below - top)
        )

    def _largest(self) -> float:
        return max((each.total for each in self.bins), default=0.0)

    def _width(self, area: QRectF) -> float:
        return min(area.width() / max(1, len(self.bins)), 48.0)

    def places(self, size: QSize) -> Sequence[QRectF]:
        """The columns of the bars, as high as the chart: a short bar is hit as well."""
        area = self._area(size)
        width = self._width(area)
        return [
            QRectF(area.left() + width * index, area.top(), width, area.height())
            for index in range(len(self.bins))
        ]

    # -- painting --------------------------------------------------------------------------

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint the scale, the bars and the days below them."""
        area, top = self._area(size), _round_up(self._largest())
        metrics = painter.fontMetrics()
        for line in range(_LINES + 1):
            y = area.bottom() - area.height() * line / _LINES
            painter.setPen(QPen(Colour.LINE.qcolor(), 1))
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
            painter.setPen(Colour.MUTED.qcolor())
            text = self.measure.text(top * line / _LINES) if top else ""
            label = QRectF(0, y - metrics.height() / 2, area.left() - 8, metrics.height())
            painter.drawText(
                label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )
        if not top:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for mark, each in zip(self.places(size), self.bins, strict=True):
            self._paint_bar(painter, mark, each, top)
        self._paint_days(painter, size, area)

    def _paint_bar(self, painter: QPainter, mark: QRectF, each: Bin, top: float) -> None:
        gap = min(3.0, mark.width() * 0.2)
        y = mark.bottom()
        colours = (*SERIES[: len(self.names)], OTHERS)
        for value, colour in zip(each.values, colours, strict=True):
            height = mark.height() * value / top
            if value > 0:
                height = max(height, 1.0)
                painter.setBrush(QBrush(colour.qcolor()))
                painter.drawRect(
                    QRectF(mark.left() + gap / 2, y - height, mark.width() - gap, height)
                )
                y -= height

    def _paint_days(self, painter: QPainter, size: QSize, area: QRectF) -> None:
        painter.setPen(Colour.MUTED.qcolor())
        metrics, free = painter.fontMetrics(), area.left()
        for mark, each in zip(self.places(size), self.bins, strict=True):
            text = each.first.isoformat() if each.days < 28 else each.first.isoformat()[:7]
            width = metrics.horizontalAdvance(text)
            if mark.left() >= free and mark.left() + width <= size.width():
                base = area.bottom() + metrics.ascent() + 4
                painter.drawText(QPointF(mark.left(), base), text)
                free = mark.left() + width + 24

    # -- words -----------------------------------------------------------------------------

    def said(self, index: int) -> str:
        """A bar with its parts."""
        each = self.bins[index]
        last = each.first + timedelta(days=each.days - 1)
        days = each.first.isoformat() if each.days == 1 else f"{each.first} to {last}"
        upto = f"until {last}" if self.running else days
        lines = [f"{upto}: {self.measure.text(each.total)} {self.measure.name.lower()}"]
        for name, value in zip((*self.names, "others"), each.values, strict=True):
            if value:
                lines.append(f"{name or '(none)'}: {self.measure.text(value)}")
        return "\n".join(lines)

    def figures(self) -> Rows:
        """A row for each bar."""
        yield "local_day", "days", *(name or "(none)" for name in self.names), "others"
        for each in self.bins:
            yield each.first.isoformat(), each.days, *each.values


def _bins(
    days: Sequence[DayAmount],
    names: Sequence[str],
    parts: Callable[[DayAmount], Sequence[NamedAmount]],
    measure: Measure,
    running: bool,
) -> list[Bin]:
    if not days:
        return []
    first, last = date.fromisoformat(days[0].day), date.fromisoformat(days[-1].day)
    begin = _beginnings((last - first).days + 1)
    sums: dict[date, list[float]] = defaultdict(lambda: [0.0] * (len(names) + 1))
    for day in days:
        values = sums[begin(date.fromisoformat(day.day))]
        for part in parts(day):
            index = names.index(part.name) if part.name in names else len(names)
            values[index] += measure.value(part.amount)
    bins, total, start = [], [0.0] * (len(names) + 1), begin(first)
    while start <= last:
        following = begin(start + timedelta(days=_step(begin, start)))
        values = sums[start]
        total = [before + value for before, value in zip(total, values, strict=True)]
        shown = total if running else values
        bins.append(Bin(start, (following - start).days, tuple(shown)))
        start = following
    return bins


def _beginnings(days: int) -> Callable[[date], date]:
    """What takes a day to the first day of its bar."""
    if days <= _DAILY:
        return lambda day: day
    if days <= _WEEKLY:
        return lambda day: day - timedelta(days=day.weekday())
    return lambda day: day.replace(day=1)


def _step(begin: Callable[[date], date], start: date) -> int:
    """Days after which the next bar has begun."""
    return next(days for days in (1, 7, 31) if begin(start + timedelta(days=days)) > start)


def _round_up(value: float) -> float:
    """The top of a scale: 1, 2, 4, 5 or 8 with zeros, so that its quarters are round."""
    if value <= 0:
        return 0.0
    power: float = 10.0 ** len(str(int(value)))
    while power / 10 >= value:
        power /= 10
    return next(power * part for part in (0.2, 0.4, 0.8, 1.0) if power * part >= value)
