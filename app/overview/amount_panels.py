"""The cards of what the work was: models, projects, agents, tools, top sessions, outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.kit.formatting import duration, number, scaled, share
from app.kit.glyphs import OUTCOMES
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole
from app.overview.row_table import RowTable, TableRow
from app.overview.words import NO_COST, cost_story, cost_text, named_query, query_of
from hpm_engine import (
    Activity,
    Amount,
    EpisodeQuery,
    NamedAmount,
    Period,
    ToolAmount,
    TopBy,
    TopEpisode,
    field_term,
)

Leads = Callable[[EpisodeQuery], None]
_TOP_NAMES = {
    TopBy.COST: "Cost",
    TopBy.TOKENS: "Tokens",
    TopBy.STEPS: "Length in steps",
    TopBy.TIME: "Time from beginning to end",
    TopBy.ERRORS: "Failed calls",
}
_TOP_VALUES: dict[TopBy, tuple[Callable[[Amount], float], Callable[[Amount], str]]] = {
    TopBy.COST: (lambda amount: amount.cost.total, lambda amount: cost_text(amount.cost)),
    TopBy.TOKENS: (lambda amount: amount.tokens, lambda amount: scaled(amount.tokens)),
    TopBy.STEPS: (lambda amount: amount.steps, lambda amount: number(amount.steps)),
    TopBy.TIME: (lambda amount: amount.time, lambda amount: duration(amount.time)),
    TopBy.ERRORS: (lambda amount: amount.errors, lambda amount: number(amount.errors)),
}


class NamedPanel(Panel):
    """The sums by model, project or agent, most dear first."""

    def __init__(
        self, title: str, field: str, open_query: Leads, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent)
        self._field, self._open = field, open_query
        self.table = RowTable(title, ("Episodes", "Tokens", "Cost"))
        self.body.addWidget(self.table, 1)

    def show_amounts(self, amounts: Sequence[NamedAmount], activity: Activity) -> None:
        """Show other sums; bars are shares of the cost, or of the tokens where nothing costs."""
        by_cost = activity.total.cost.total > 0
        by_tokens = activity.total.tokens > 0

        def weight(amount: Amount) -> float:
            return amount.cost.total if by_cost else amount.tokens if by_tokens else amount.episodes

        largest = max((weight(each.amount) for each in amounts), default=0) or 1
        self.table.show_rows(
            [self._row(each, weight(each.amount) / largest, activity) for each in amounts]
        )

    def _row(self, each: NamedAmount, part: float, activity: Activity) -> TableRow:
        amount = each.amount
        query = named_query(activity.period, self._field, each.name)
        cost = cost_text(amount.cost)
        return TableRow(
            each.name,
            part,
            (
                number(amount.episodes),
                scaled(amount.tokens) if amount.tokens else "–",  # noqa: RUF001
                "–" if cost == NO_COST else cost,  # noqa: RUF001
            ),
            partial(self._open, query) if each.name else None,
            f"{each.name}\n{cost_story(amount.cost, activity.prices_of, ())}",
        )


class ToolPanel(Panel):
    """How often each tool was called, and how often that failed."""

    def __init__(self, open_query: Leads, parent: QWidget | None = None) -> None:
        super().__init__("Tools", parent)
        self._open = open_query
        self.table = RowTable("Tools", ("Calls", "Failed", "Share"), most=10)
        self.body.addWidget(self.table, 1)

    def show_tools(self, tools: Sequence[ToolAmount], period: Period) -> None:
        """Show other tools; a bar is the share of calls that failed, in its colour."""
        largest = max((tool.calls for tool in tools), default=0) or 1
        self.table.show_rows(
            [self._row(tool, tool.calls / largest, period) for tool in tools],
            "No tool was called",
        )

    def _row(self, tool: ToolAmount, part: float, period: Period) -> TableRow:
        failed = tool.failed / tool.calls if tool.calls else 0.0
        terms = [field_term("tool", tool.tool)]
        if tool.failed:
            terms.append("has:error")
        said = (
            f"{tool.tool}: {tool.calls:,} steps called it first, {tool.failed:,} of them failed; "
            f"{tool.episodes:,} episodes call it. Leads to those"
            f"{' in which a call failed' if tool.failed else ''}."
        )
        colour = Colour.BAD if failed >= 0.1 else Colour.SERIES_1
        mark = "✗ " if failed >= 0.1 else ""
        figures = (number(tool.calls), f"{mark}{number(tool.failed)}", share(failed))
        go = partial(self._open, query_of(period, *terms))
        return TableRow(tool.tool, part, figures, go, said, colour)


class TopPanel(Panel):
    """The episodes that have most of something, which can be chosen."""

    def __init__(self, open_episode: Callable[[int], None], parent: QWidget | None = None) -> None:
        super().__init__("Top sessions", parent)
        self._open = open_episode
        self._activity: Activity | None = None
        self.by = QComboBox()
        self.by.addItems([f"by {name.lower()}" for name in _TOP_NAMES.values()])
        self.by.setAccessibleName("What makes a session a top one")
        self.by.currentIndexChanged.connect(lambda _: self._show())
        self.table = RowTable("Top sessions", ("",), most=10)
        self.body.removeWidget(self.heading)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.by)
        self.body.addLayout(top)
        self.body.addWidget(self.table, 1)

    def show_activity(self, activity: Activity) -> None:
        """Show other episodes; without any cost by tokens, without tokens by length."""
        first = self._activity is None
        self._activity = activity
        if first:
            filled = [by for by in TopBy if activity.top[by]]
            self.by.setCurrentIndex(list(TopBy).index(filled[0]) if filled else 0)
        self._show()

    def _show(self) -> None:
        if self._activity is None:
            return
        by = list(TopBy)[self.by.currentIndex()]
        value, text = _TOP_VALUES[by]
        episodes = self._activity.top[by]
        largest = max((value(each.amount) for each in episodes), default=0) or 1
        self.table.show_rows(
            [self._row(each, value(each.amount) / largest, text(each.amount)) for each in episodes],
            f"No episode says its {_TOP_NAMES[by].lower()}",
        )

    def _row(self, each: TopEpisode, part: float, figure: str) -> TableRow:
        amount = each.amount
        said = (
            f"{each.name[:300]}\n{each.project} · {amount.steps:,} steps · {amount.tokens:,} tokens"
            f" · {cost_text(amount.cost)} · {amount.errors:,} failed calls"
        )
        return TableRow(each.name, part, (figure,), partial(self._open, each.id), said)


class OutcomePanel(Panel):
    """How the sessions ended, as far as a label says."""

    def __init__(self, open_query: Leads, parent: QWidget | None = None) -> None:
        super().__init__("Outcomes", parent)
        self._open = open_query
        self.table = RowTable("Outcomes", ("Episodes", "Share"))
        self.body.addWidget(self.table, 1)

    def show_activity(self, activity: Activity) -> None:
        """Show other counts."""
        whole = max(1, activity.total.episodes)
        rows = []
        for outcome, count in activity.outcomes:
            mark, query = OUTCOMES[outcome], query_of(activity.period, f"outcome:{outcome.value}")
            go = partial(self._open, query) if count else None
            figures = (number(count), share(count / whole))
            rows.append(TableRow(str(mark), count / whole, figures, go, colour=mark.colour))
        self.table.show_rows(rows)


class CostNote(Panel):
    """Where the costs are from, and what has none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Where the costs are from", parent)
        self._story = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.problem = SafeLabel(wrap=True, tone=Colour.WARN, role=TextRole.CAPTION)
        self.body.addWidget(self._story)
        self.body.addWidget(self.problem)
        self.body.addStretch(1)

    @property
    def story(self) -> str:
        """What it says."""
        return self._story.whole_text()

    def show_activity(self, activity: Activity, problem: str) -> None:
        """Show where other costs are from."""
        story = cost_story(activity.total.cost, activity.prices_of, activity.unpriced)
        self._story.setText(story or "No episode here.")
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
