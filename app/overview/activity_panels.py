"""The cards of when agents worked: the year, the week, and day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from app.kit.controls.check_box import CheckBox
from app.kit.controls.fact_list import LinkLabel
from app.kit.flow_layout import FlowLayout
from app.kit.formatting import NOTHING
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM
from app.kit.theme.type_scale import TextRole
from app.overview.cell_chart import WEEKS, CalendarChart, HourChart
from app.overview.day_chart import MEASURES, OTHERS, SERIES, STACKS, DayChart
from app.overview.words import cost_story, days_query, named_query, query_of
from hpm_engine import Activity, EpisodeQuery, Period, local_now

Leads = Callable[[EpisodeQuery], None]


class CalendarPanel(Panel):
    """The days of a year; a day leads to its episodes."""

    def __init__(self, open_query: Leads, parent: QWidget | None = None) -> None:
        super().__init__("Activity", parent)
        self._open = open_query
        self._period = Period()
        self.chart = CalendarChart()
        self.chart.chosen.connect(self._follow)
        self._facts = SafeLabel(tone=Colour.MUTED, role=TextRole.CAPTION)
        self.body.removeWidget(self.heading)
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addSpacing(MEDIUM)
        top.addWidget(self._facts, 1)
        self.body.addLayout(top)
        self.body.addWidget(self.chart, 1)

    def show_activity(self, activity: Activity) -> None:
        """Show the year until today, or until the last episode of an older store."""
        self._period = activity.period
        today = local_now().date()
        last = date.fromisoformat(activity.calendar[-1][0]) if activity.calendar else today
        recent = last <= today <= last + timedelta(weeks=WEEKS - 1)
        end = today if recent else last
        self.chart.show_days(activity.calendar, end)
        active = sum(1 for count in self.chart.counts if count)
        self._facts.setText(f"{active:,} active days in the year until {end.isoformat()}")

    def _follow(self, index: int) -> None:
        if self.chart.counts[index]:
            self._open(days_query(self._period, self.chart.day(index)))


class HourPanel(Panel):
    """The hours of the week; one leads to the episodes that began in it."""

    def __init__(self, open_query: Leads, parent: QWidget | None = None) -> None:
        super().__init__("Hours of the week", parent)
        self._open = open_query
        self._period = Period()
        self.chart = HourChart()
        self.chart.chosen.connect(self._follow)
        self.body.addWidget(self.chart, 1)

    def show_activity(self, activity: Activity) -> None:
        """Show other figures."""
        self._period = activity.period
        self.chart.show_hours(activity.hours)

    def _follow(self, index: int) -> None:
        if self.chart.counts[index]:
            self._open(query_of(self._period, *self.chart.terms(index)))


class DayPanel(Panel):
    """Amounts day by day: which, of what, and whether as a running total, can be chosen."""

    def __init__(self, open_query: Leads, parent: QWidget | None = None) -> None:
        super().__init__("Day by day", parent)
        self._open = open_query
        self._activity: Activity | None = None
        self.chart = DayChart()
        self.chart.chosen.connect(self._follow)
        self.measure = _choice((each.name for each in MEASURES), "What the bars show")
        self.stack = _choice((f"by {name}" for name in STACKS), "What the bars are stacked by")
        self.running = CheckBox("Running total")
        self.running.setAccessibleName("Add the days up: growth")
        self.measure.currentIndexChanged.connect(lambda _: self._draw())
        self.stack.currentIndexChanged.connect(lambda _: self._draw())
        self.running.toggled.connect(lambda _: self._draw())
        self.body.removeWidget(self.heading)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        for widget in (self.running, self.measure, self.stack):
            top.addWidget(widget)
        self._legend = QWidget()
        self._names = FlowLayout(self._legend)
        self._names.setContentsMargins(0, 0, 0, 0)
        self._names.setSpacing(MEDIUM)
        self._story = SafeLabel(tone=Colour.MUTED, role=TextRole.CAPTION, wrap=True)
        self.body.addLayout(top)
        self.body.addWidget(self._legend)
        self.body.addWidget(self.chart, 1)
        self.body.addWidget(self._story)

    def show_activity(self, activity: Activity) -> None:
        """Show other figures."""
        self._activity = activity
        self._draw()

    def _draw(self) -> None:
        activity = self._activity
        if activity is None:
            return
        stack, measure = (
            list(STACKS)[self.stack.currentIndex()],
            MEASURES[self.measure.currentIndex()],
        )
        amounts = {"model": activity.models, "project": activity.projects, "agent": activity.agents}
        ranked = sorted(amounts[stack], key=lambda each: -measure.value(each.amount))
        shown = [each for each in ranked if measure.value(each.amount) > 0][: len(SERIES)]
        running = self.running.isChecked()
        self.heading.setText("Growth" if running else "Day by day")
        self.chart.show_days(activity.days, [each.name for each in shown], stack, measure, running)
        self._show_legend(
            stack,
            [(each.name, measure.text(measure.value(each.amount))) for each in shown],
            len(ranked) - len(shown),
        )
        cost = measure.name == "Cost"
        story = (
            cost_story(activity.total.cost, activity.prices_of, activity.unpriced) if cost else ""
        )
        self._story.setText(story.replace("\n", " "))
        self._story.setVisible(bool(story))

    def _show_legend(self, stack: str, entries: list[tuple[str, str]], others: int) -> None:
        while (item := self._names.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        assert self._activity is not None
        for (name, figure), colour in zip(entries, SERIES, strict=False):
            query = named_query(self._activity.period, stack, name)
            go = partial(self._open, query) if name else None
            self._names.addWidget(_key(one_line(name, 40) or "(none)", figure, colour, go))
        if others > 0:
            self._names.addWidget(
                _key(f"{others:,} other{'s' if others > 1 else ''}", "", OTHERS, None)
            )

    def _follow(self, index: int) -> None:
        if self._activity is not None and self.chart.bins[index].total:
            each = self.chart.bins[index]
            self._open(days_query(self._activity.period, each.first, each.days))


class NoEpisodes(Panel):
    """What is said where nothing began in the chosen time, and the way out."""

    def __init__(self, show_all: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__("Nothing began in this time", parent)
        self.button = QPushButton("Show all")
        self.button.clicked.connect(show_all)
        self.body.addWidget(SafeLabel("No episode of the chosen project has a date in it."))
        self.body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()


def _choice(texts: Iterable[str], name: str) -> QComboBox:
    box = QComboBox()
    box.addItems(list(texts))
    box.setAccessibleName(name)
    return box


def _key(name: str, figure: str, colour: Colour, go: Callable[[], None] | None) -> QWidget:
    """An entry of the legend: a square of the colour, a name, an amount."""
    entry = QWidget()
    row = QHBoxLayout(entry)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(HAIR)
    row.addWidget(SafeLabel("■", tone=colour))
    row.addWidget(SafeLabel(name) if go is None else LinkLabel(name, go))
    row.addWidget(SafeLabel(figure or NOTHING if go else figure, tone=Colour.MUTED))
    return entry
