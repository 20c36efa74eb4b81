"""What agents did, summed up in one pass over the rows of episodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from heapq import nlargest
from operator import itemgetter
from typing import Any

from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.system.local_time import Day, day_of, local
from hpm_engine.values.activity import (
    Activity,
    Amount,
    Cost,
    DayAmount,
    NamedAmount,
    Period,
    TopBy,
    TopEpisode,
)
from hpm_engine.values.episodes import Outcome
from hpm_engine.values.prices import Estimate, Price, PriceTable

MOST_TOP = 10  # episodes in a list of top ones
_HOURS = 7 * 24
_COLUMNS = (
    "id, started_at, ended_at, project, agent, model, steps, tokens_in, tokens_out, cost_usd,"
    " errors, outcome"
)
# Where the figures of an episode are in its row of figures, which ``_amount`` makes into sums.
_READ, _WRITTEN, _STEPS, _ERRORS, _TIME, _RECORDED, _ESTIMATED = 2, 3, 1, 4, 5, 6, 8
_MEASURES: Mapping[TopBy, Callable[[Sequence[Any]], float]] = {
    TopBy.COST: lambda figures: figures[_RECORDED] + figures[_ESTIMATED],
    TopBy.TOKENS: lambda figures: figures[_READ] + figures[_WRITTEN],
    TopBy.STEPS: itemgetter(_STEPS),
    TopBy.TIME: itemgetter(_TIME),
    TopBy.ERRORS: itemgetter(_ERRORS),
}
_Figures = tuple[Any, ...]
_Names = tuple[str, str, str]  # of the model, the project and the agent


def _amount(figures: Sequence[Any]) -> Amount:
    episodes, steps, read, written, errors, time, *cost = figures
    return Amount(episodes, steps, read, written, errors, time, Cost(*cost))


def _added(rows: Iterable[Sequence[Any]]) -> _Figures:
    """The sums of rows of figures, column by column."""
    return tuple(map(sum, zip(*rows, strict=True)))


class _Calendar:
    """The local day and the hour of the week of moments; what it knows of a date it keeps."""

    def __init__(self) -> None:
        self._days: dict[date, Day] = {}

    def position(self, at: int) -> tuple[Day, int] | None:
        """The day of a moment, and the hour of its week; ``None`` outside the calendar."""
        moment = local(at)
        if moment is None:
            return None
        wall = moment.date()
        day = self._days.get(wall)
        if day is None or not day.start <= at < day.end:  # new, or the clock went back over it
            day = day_of(at)
            if day is None:
                return None
            if day.date == wall:
                self._days[wall] = day
        return day, day.date.weekday() * 24 + moment.hour


class _Sums:
    """What is gathered while the rows are read: figures by day and names, hours, days."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._calendar = _Calendar()
        self.undated = 0
        self.hours = [0] * _HOURS
        self.calendar: dict[date, int] = defaultdict(int)
        self.cells: dict[tuple[Day | None, _Names], list[_Figures]] = defaultdict(list)
        self.outcomes: dict[str, int] = defaultdict(int)
        self.episodes: list[tuple[int, _Figures]] = []

    def add(self, key: int, at: int | None, names: _Names, outcome: str, figures: _Figures) -> None:
        """An episode: when it began, its names, and its figures."""
        position = None if at is None else self._calendar.position(at)
        if position is None:
            self.undated += 1
            day = None
        else:
            day, hour = position
            self.calendar[day.date] += 1
        if not self._period.holds(at):
            return
        if day is not None:
            self.hours[hour] += 1
        self.outcomes[outcome] += 1
        self.episodes.append((key, figures))
        self.cells[day, names].append(figures)

    def by_name(
        self, index: int, cells: Mapping[tuple[Day | None, _Names], _Figures]
    ) -> tuple[NamedAmount, ...]:
        """The sums of cells by one of their three names, most first."""
        rows: dict[str, list[_Figures]] = defaultdict(list)
        for (_, names), figures in cells.items():
            rows[names[index]].append(figures)
        return _ordered([NamedAmount(name, _amount(_added(each))) for name, each in rows.items()])

    def sums(self) -> dict[tuple[Day | None, _Names], _Figures]:
        """The figures of each day and names, added up."""
        return {cell: _added(rows) for cell, rows in self.cells.items()}


def activity(database: Database, period: Period, prices: PriceTable, job: Job) -> Activity:
    """The sums of a period; one pass over the rows of episodes, no text but titles is read."""
    sums, costs = _Sums(period), _Costs(prices)
    where, values = (
        ("", ()) if period.project is None else (" WHERE project = ?", (period.project,))
    )
    cursor = database.execute(f"SELECT {_COLUMNS} FROM episodes{where}", values)
    for count, row in enumerate(cursor):
        key, at, end, project, agent, model, steps, read, written, cost, errors, outcome = row
        if not count % 1000:
            job.step(count, note="adding up", unit="episodes")
        time = max(0, end - at) if at is not None and end is not None else 0
        figures = (1, steps, read, written, errors, time, *costs.of(model, read, written, cost))
        sums.add(key, at, (model, project, agent), outcome, figures)
    cells = sums.sums()
    return Activity(
        period=period,
        total=_amount(_added(cells.values())) if cells else Amount(),
        undated=sums.undated,
        days=_days(sums, cells),
        calendar=tuple((day.isoformat(), count) for day, count in sorted(sums.calendar.items())),
        hours=tuple(sums.hours),
        models=sums.by_name(0, cells),
        projects=sums.by_name(1, cells),
        agents=sums.by_name(2, cells),
        outcomes=tuple((outcome, sums.outcomes.get(outcome.value, 0)) for outcome in Outcome),
        top=_top(database, sums.episodes),
        unpriced=tuple(sorted(costs.unpriced)),
        prices_of=max(costs.dates, default=""),
    )


class _Costs:
    """What episodes cost, by their record or else by the prices."""

    def __init__(self, prices: PriceTable) -> None:
        self._prices = prices
        self._known: dict[str, Price | None] = {}
        self.unpriced: set[str] = set()
        self.dates: set[str] = set()

    def of(self, model: str, read: int, written: int, recorded: float | None) -> _Figures:
        """The figures of ``Cost`` for one episode."""
        if recorded is not None:
            return recorded, 1, 0.0, 0.0, 0.0, 0, 0
        estimate = self._estimate(model, read, written) if read + written else None
        if estimate is None:
            return 0.0, 0, 0.0, 0.0, 0.0, 0, 1
        return 0.0, 0, estimate.likely, estimate.least, estimate.most, 1, 0

    def _estimate(self, model: str, read: int, written: int) -> Estimate | None:
        if model not in self._known:
            price = self._known[model] = self._prices.price(model)
            if price is None:
                self.unpriced.add(model)
            elif price.date:
                self.dates.add(price.date)
        price = self._known[model]
        return None if price is None else self._prices.estimated(price, read, written)


def _ordered(amounts: Iterable[NamedAmount]) -> tuple[NamedAmount, ...]:
    def rank(named: NamedAmount) -> tuple[float, int, int, str]:
        amount = named.amount
        return -amount.cost.total, -amount.tokens, -amount.episodes, named.name

    return tuple(sorted(amounts, key=rank))


def _days(
    sums: _Sums, cells: Mapping[tuple[Day | None, _Names], _Figures]
) -> tuple[DayAmount, ...]:
    by_day: dict[Day, dict[tuple[Day | None, _Names], _Figures]] = defaultdict(dict)
    for (day, names), figures in cells.items():
        if day is not None:
            by_day[day][day, names] = figures
    return tuple(
        DayAmount(
            day.date.isoformat(),
            day.start,
            _amount(_added(by_day[day].values())),
            *(sums.by_name(index, by_day[day]) for index in range(3)),
        )
        for day in sorted(by_day)
    )


def _top(
    database: Database, episodes: Sequence[tuple[int, _Figures]]
) -> dict[TopBy, tuple[TopEpisode, ...]]:
    chosen: dict[TopBy, list[tuple[int, _Figures]]] = {}
    for by, measure in _MEASURES.items():
        amounts = map(measure, (figures for _, figures in episodes))
        largest = nlargest(MOST_TOP, zip(amounts, range(0, -len(episodes), -1), strict=True))
        chosen[by] = [episodes[-index] for amount, index in largest if amount > 0]
    keys = {key for pairs in chosen.values() for key, _ in pairs}
    names = {
        key: (name, project)
        for key, name, project in database.rows(
            f"SELECT e.id, {NAME}, e.project FROM episodes e"
            f" WHERE e.id IN ({', '.join('?' * len(keys))})",
            tuple(keys),
        )
    }
    return {
        by: tuple(TopEpisode(key, *names[key], _amount(figures)) for key, figures in pairs)
        for by, pairs in chosen.items()
    }
