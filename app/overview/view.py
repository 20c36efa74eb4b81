"""The store in figures, each leading to the episodes behind it."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.consolidation.panel import ConsolidationPanel
from app.consolidation.tier_standing import TierStanding, read_standing
from app.kit.actions import Command
from app.kit.command_menu import Offered
from app.kit.controls.state_page import StatePage
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view import View
from app.kit.view_names import ViewName
from app.overview.activity_panels import CalendarPanel, DayPanel, HourPanel, NoEpisodes
from app.overview.amount_panels import CostNote, NamedPanel, OutcomePanel, ToolPanel, TopPanel
from app.overview.aside_list import AsideList
from app.overview.given_panel import GivenPanel
from app.overview.headline import Headline
from app.overview.kept_flow import KeptFlow
from app.overview.period_bar import PeriodBar
from app.overview.prices_dialog import PricesDialog
from app.overview.reflow_grid import Card, ReflowGrid
from app.overview.storage_panel import StoragePanel
from hpm_engine import (
    Activity,
    Changed,
    CycleReport,
    Facets,
    FileReport,
    Given,
    Job,
    Memory,
    Period,
    PriceTable,
    Stats,
    ToolAmount,
    prices_in_use,
)


class StoreFigures(msgspec.Struct, frozen=True):
    """What the overview says of the store as a whole, whatever the period."""

    stats: Stats
    facets: Facets
    aside: tuple[FileReport, ...]
    standing: TierStanding
    last_cycle: CycleReport | None


class PeriodFigures(msgspec.Struct, frozen=True):
    """What it says of a period."""

    activity: Activity
    given: Given
    prices: PriceTable


class OverviewView(View):
    """The view of figures; ``query_wanted`` carries the query of one that was clicked."""

    selects = False
    query_wanted = Signal(object)

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self._read = LatestRead(session, self, patient=True)
        self._period_read = LatestRead(session, self, whole_store=True)
        self._tool_read = LatestRead(session, self, patient=True)
        self._due = False  # whether the figures are to be read again when they are next seen
        self._offered: Offered | None = None
        self._prices: PriceTable | None = None
        self._unpriced: tuple[str, ...] = ()
        leads = self.query_wanted.emit
        self.bar = PeriodBar()
        self.headline = Headline(leads)
        self.nothing = NoEpisodes(lambda: self.bar.show_days(0))
        self.calendar, self.hours = CalendarPanel(leads), HourPanel(leads)
        self.days = DayPanel(leads)
        self.models = NamedPanel("Models", "model", leads)
        self.projects = NamedPanel("Projects", "project", leads)
        self.agents = NamedPanel("Agents", "agent", leads)
        self.tools = ToolPanel(leads)
        self.top = TopPanel(self._open_episode)
        self.outcomes = OutcomePanel(leads)
        self.costs = CostNote()
        self.held = KeptFlow(leads)
        self.given = GivenPanel(self._open_episode, lambda: navigator.go(Place(ViewName.RECALL)))
        self.consolidation = ConsolidationPanel(lambda: navigator.go(Place(ViewName.CONSOLIDATION)))
        self.storage, self.aside = StoragePanel(), AsideList()
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.bar.changed.connect(self._read_period)
        self.bar.prices_asked.connect(self.ask_prices)
        self.reload()

    def _content(self) -> QWidget:
        cards = (
            Card(self.bar, 12, 12),
            Card(self.headline, 12, 12),
            Card(self.nothing, 12, 12),
            Card(self.calendar, 8, 8),
            Card(self.hours, 4, 4),
            Card(self.days, 12, 12),
            Card(self.models, 4, 6),
            Card(self.projects, 4, 6),
            Card(self.top, 4, 12),
            Card(self.tools, 4, 6),
            Card(self.agents, 4, 6),
            Card(self.outcomes, 4, 6),
            Card(self.costs, 12, 6),
            Card(self.held, 12, 12),
            Card(self.given, 4, 6),
            Card(self.consolidation, 4, 6),
            Card(self.storage, 4, 12),
            Card(self.aside, 12, 12),
        )
        return ReflowGrid("Overview of the store", cards)

    # -- the frame's calls -----------------------------------------------------------------

    def refresh(self, changed: Changed) -> None:
        """Read the figures again when a write touched them."""
        everything = changed & (Changed.EPISODES | Changed.MARKS | Changed.PROTOTYPES)
        if not self.isVisible():
            self._due = self._due or bool(everything or changed & Changed.RECALLS)
        elif everything:
            self.reload()
        elif changed & Changed.RECALLS:
            self._read_period()

    def restore(self, place: Place) -> None:
        """Do nothing: the overview has no selection."""

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was changed, or not read to its end, while nobody looked."""
        super().showEvent(event)
        if self._due:
            self.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        """Read no further: in a large store that is seconds of work."""
        super().hideEvent(event)
        for read in (self._read, self._period_read, self._tool_read):
            self._due = self._due or read.busy
            read.cancel()

    def reload(self) -> None:
        """Read the figures again; the old ones stay until the new ones are here."""
        self._due = False
        self.page.show_loading("Adding up…")
        self._read.ask(_read_store, self._on_store, self._on_failed)
        self._read_period()

    def _read_period(self) -> None:
        period = self.bar.period()

        def read(memory: Memory, job: Job) -> PeriodFigures:
            prices = prices_in_use()
            activity = memory.figures.activity(period, prices, job)
            return PeriodFigures(activity, memory.figures.given(period), prices)

        def read_tools(memory: Memory, job: Job) -> tuple[Period, tuple[ToolAmount, ...]]:
            return period, memory.figures.tools(period)

        self._period_read.ask(read, self._on_period, self._on_failed)
        self._tool_read.ask(read_tools, self._on_tools, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The figures could not be read", error, self.reload)

    def _on_period(self, figures: PeriodFigures) -> None:
        activity = figures.activity
        self._prices, self._unpriced = figures.prices, activity.unpriced
        self.headline.show_activity(activity)
        self.nothing.setVisible(not activity.total.episodes)
        for panel in (self.calendar, self.hours, self.days, self.top, self.outcomes):
            panel.show_activity(activity)
        self.models.show_amounts(activity.models, activity)
        self.projects.show_amounts(activity.projects, activity)
        self.agents.show_amounts(activity.agents, activity)
        self.costs.show_activity(activity, figures.prices.problem)
        self.given.show_given(figures.given)
        if activity.total.episodes:  # what the store holds may come later
            self.page.show_content()

    def _on_tools(self, answer: tuple[Period, tuple[ToolAmount, ...]]) -> None:
        period, tools = answer
        self.tools.show_tools(tools, period)

    def _on_store(self, figures: StoreFigures) -> None:
        stats = figures.stats
        if not stats.episodes and not stats.set_aside:
            self.page.show_empty(
                "This store is empty",
                "Import agents' sessions, or drop files and folders on the window.",
                "Import a folder…",
                self._import,
            )
            return
        self.bar.offer(figures.facets.projects)
        self.held.show_stats(stats)
        self.storage.show_stats(stats)
        self.aside.show_files(figures.aside)
        self.consolidation.show_standing(figures.standing, figures.last_cycle)
        self.page.show_content()

    def offer_commands(self, offered: Offered) -> None:
        """An empty store's page has a button that imports."""
        self._offered = offered

    def _import(self) -> None:
        for action in self._offered((Command.IMPORT_FOLDER,)) if self._offered else ():
            if action is not None:
                action.trigger()

    # -- links -----------------------------------------------------------------------------

    def ask_prices(self) -> PricesDialog:
        """Show what models cost, to be changed."""
        dialog = PricesDialog(self._prices or prices_in_use(), self._unpriced, self)
        dialog.saved.connect(self._read_period)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _open_episode(self, episode_id: int) -> None:
        self._navigator.show(Place(ViewName.EPISODES, episode_id))


def _read_store(memory: Memory, job: Job) -> StoreFigures:
    counts = memory.figures.stats(), memory.episodes.facets(), memory.sources.aside()
    last = next(iter(memory.consolidation.cycles(0, 1)), None)
    return StoreFigures(*counts, read_standing(memory, job), last)
