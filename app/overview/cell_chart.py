"""Charts of cells whose shade is a count: the days of a year, and the hours of the week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from app.kit.controls.picture_menu import Rows
from app.kit.formatting import counted
from app.kit.theme.colour import Colour
from app.overview.chart import LEVELS, Chart, level, shade

WEEKS = 53
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_GAP = 3.0  # pixels between cells
_LARGEST = 1.6  # lines of text: the side of a cell
_LOWEST, _USUAL = 12, 13  # lines of text: the height of a chart
_BESIDE = (  # a label is higher than a low cell
    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
)


class CellChart(Chart):
    """Columns of seven cells, one for each day of the week, with labels above and to the left."""

    columns = 1

    def __init__(self, name: str, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, file_name, parent)
        self.counts: list[int] = []

    def column_labels(self) -> Sequence[tuple[int, str]]:
        """Labels above, with the columns at which they begin."""
        raise NotImplementedError

    def position(self, index: int) -> tuple[int, int]:
        """The column and the row of a cell."""
        raise NotImplementedError

    def _cell(self, size: QSize) -> tuple[float, float, float, float]:
        """Where the first cell begins, and how wide and high cells are with their gaps."""
        metrics = self.fontMetrics()
        left, top = metrics.horizontalAdvance("Wed") + 8.0, metrics.height() + 4.0
        below = metrics.height() + 8.0
        width = max(6.0, (size.width() - left) / self.columns)
        height = max(6.0, (size.height() - top - below) / 7)
        return left, top, width, min(height, _LARGEST * metrics.height() + _GAP)

    def _lines(self, count: int) -> int:
        return count * self.fontMetrics().height()

    def places(self, size: QSize) -> Sequence[QRectF]:
        """Where the cells are."""
        left, top, width, height = self._cell(size)
        return [
            QRectF(left + width * column, top + height * row, width - _GAP, height - _GAP)
            for column, row in map(self.position, range(len(self.counts)))
        ]

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint labels, cells, and what the shades mean."""
        left, top, width, height = self._cell(size)
        metrics = painter.fontMetrics()
        painter.setPen(Colour.MUTED.qcolor())
        for row in range(0, 7, 2):
            area = QRectF(0, top + height * row, left - 8, height - _GAP)
            painter.drawText(area, _BESIDE, _DAYS[row])
        free = 0.0
        for column, text in self.column_labels():
            x = left + width * column
            if x >= free and x + metrics.horizontalAdvance(text) <= size.width():
                painter.drawText(QPointF(x, metrics.ascent()), text)
                free = x + metrics.horizontalAdvance(text) + 8
        largest = max(self.counts, default=0)
        painter.setPen(Qt.PenStyle.NoPen)
        for mark, count in zip(self.places(size), self.counts, strict=True):
            painter.setBrush(shade(level(count, largest)))
            painter.drawRoundedRect(mark, 2, 2)
        self._paint_legend(painter, size, top + 7 * height)

    def _paint_legend(self, painter: QPainter, size: QSize, y: float) -> None:
        metrics = painter.fontMetrics()
        side, top = metrics.ascent() - 1.0, y + 4.0
        x = (
            size.width()
            - metrics.horizontalAdvance("less  more")
            - (LEVELS + 1) * (side + _GAP)
            - 8
        )
        base = QPointF(x, top + side)
        painter.setPen(Colour.MUTED.qcolor())
        painter.drawText(base, "less")
        x += metrics.horizontalAdvance("less ") + 2
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(LEVELS + 1):
            painter.setBrush(shade(step))
            painter.drawRoundedRect(QRectF(x, top, side, side), 2, 2)
            x += side + _GAP
        painter.setPen(Colour.MUTED.qcolor())
        painter.drawText(QPointF(x + 4, top + side), "more")


class CalendarChart(CellChart):
    """The days of a year by weeks, as many episodes each as its shade says."""

    columns = WEEKS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Episodes by day", "activity", parent)
        self._first = date(2000, 1, 3)

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(760, self._lines(_USUAL))

    def minimumSizeHint(self) -> QSize:
        """As narrow as cells can be seen."""
        return QSize(WEEKS * 8, self._lines(_LOWEST))

    def show_days(self, days: Sequence[tuple[str, int]], last: date) -> None:
        """Show the year that ends with the week of a day."""
        self._first = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
        counts = dict(days)
        length = (last - self._first).days + 1
        self.counts = [counts.get(self.day(index).isoformat(), 0) for index in range(length)]
        total = counted(sum(self.counts), "episode")
        self.setAccessibleName(f"Activity of a year until {last.isoformat()}: {total}")
        self.reset_current()

    def day(self, index: int) -> date:
        """The day of a cell."""
        return self._first + timedelta(days=index)

    def position(self, index: int) -> tuple[int, int]:
        """The week and the day of the week."""
        return divmod(index, 7)

    def step(self, key: Qt.Key) -> int:
        """Up and down by days, to the sides by weeks."""
        keys = {Qt.Key.Key_Left: -7, Qt.Key.Key_Right: 7, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        return keys.get(key, 0)

    def column_labels(self) -> Sequence[tuple[int, str]]:
        """The months where they begin."""
        weeks = [self.day(7 * week) for week in range(WEEKS)]
        return [
            (week, _MONTHS[day.month - 1])
            for week, day in enumerate(weeks)
            if day.day <= 7 or (week == 0 and day.day < 20)
        ]

    def said(self, index: int) -> str:
        """A day with its episodes."""
        day = self.day(index)
        return f"{_LONG[day.weekday()]} {day.isoformat()}: {counted(self.counts[index], 'episode')}"

    def figures(self) -> Rows:
        """A row for each day."""
        yield "local_day", "episodes"
        yield from ((self.day(index).isoformat(), count) for index, count in enumerate(self.counts))


class HourChart(CellChart):
    """The hours of the week in which episodes began."""

    columns = 24

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Episodes by hour of the week", "hours", parent)

    def sizeHint(self) -> QSize:
        """As high as the calendar beside it."""
        return QSize(360, self._lines(_USUAL))

    def minimumSizeHint(self) -> QSize:
        """As narrow as cells can be seen."""
        return QSize(24 * 9, self._lines(_LOWEST))

    def show_hours(self, hours: Sequence[int]) -> None:
        """Show the episodes of each hour, Monday midnight first."""
        self.counts = list(hours)
        most = max(range(len(hours)), key=lambda index: hours[index], default=0)
        busiest = f", most at {self._hour(most)}" if any(hours) else ""
        self.setAccessibleName(f"Hours of the week{busiest}")
        self.reset_current()

    def position(self, index: int) -> tuple[int, int]:
        """The hour and the day of the week."""
        day, hour = divmod(index, 24)
        return hour, day

    def step(self, key: Qt.Key) -> int:
        """Up and down by days, to the sides by hours."""
        keys = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -24, Qt.Key.Key_Down: 24}
        return keys.get(key, 0)

    def column_labels(self) -> Sequence[tuple[int, str]]:
        """Every sixth hour."""
        return [(hour, f"{hour}:00") for hour in range(0, 24, 6)]

    def said(self, index: int) -> str:
        """An hour with its episodes."""
        return f"{self._hour(index)}: {counted(self.counts[index], 'episode')}"

    def terms(self, index: int) -> tuple[str, str]:
        """The terms of a search for an hour of the week."""
        day, hour = divmod(index, 24)
        return f"weekday:{_DAYS[day].lower()}", f"hour:{hour}"

    def figures(self) -> Rows:
        """A row for each hour of the week."""
        yield "weekday", "hour", "episodes"
        yield from self._rows()

    def _rows(self) -> Iterator[tuple[str, int, int]]:
        for index, count in enumerate(self.counts):
            day, hour = divmod(index, 24)
            yield _LONG[day], hour, count

    def _hour(self, index: int) -> str:
        day, hour = divmod(index, 24)
        return f"{_LONG[day]} {hour}:00 to {hour + 1}:00"
