"""The store in figures, each leading to the rows behind it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.consolidation.panel import ConsolidationPanel
from app.consolidation.tier_standing import TierStanding, read_standing
from app.kit.controls.bar_list import BarList, BarRow
from app.kit.controls.state_page import StatePage
from app.kit.glyphs import OUTCOMES
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.panel_grid import PanelGrid
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.view import View
from app.kit.view_names import ViewName
from app.overview.aside_list import AsideList
from app.overview.growth_chart import GrowthChart, import_charts
from app.overview.headline import Headline
from app.overview.kept_flow import KeptFlow
from app.overview.storage_panel import StoragePanel
from hpm_engine import (
    Changed,
    CycleReport,
    EpisodeQuery,
    Facets,
    FileReport,
    GrowthPoint,
    Job,
    Memory,
    Outcome,
    Stats,
)


class Figures(msgspec.Struct, frozen=True):
    """All figures of the overview, from one read of the store."""

    stats: Stats
    facets: Facets
    growth: tuple[GrowthPoint, ...]
    aside: tuple[FileReport, ...]
    standing: TierStanding
    last_cycle: CycleReport | None


class OverviewView(View):
    """The view of figures; ``query_wanted`` carries the query of one that was clicked."""

    query_wanted = Signal(object)

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self, whole_store=True)
        self.headline = Headline(self.query_wanted.emit)
        self.held = KeptFlow(self.query_wanted.emit)
        self.growth = GrowthChart()
        self.storage = StoragePanel()
        self.consolidation = ConsolidationPanel(lambda: navigator.go(Place(ViewName.CONSOLIDATION)))
        self.outcomes = BarList("Outcomes")
        self.projects = BarList("Projects")
        self.agents = BarList("Agents")
        self.formats = BarList("Trace formats")
        self.aside = AsideList()
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.reload()

    def _content(self) -> QWidget:
        area = PanelGrid("Overview of the store")
        grid = area.grid
        grid.addWidget(self.headline, 0, 0, 1, 6)
        grid.addWidget(self.held, 1, 0, 1, 6)
        grid.addWidget(self.growth, 2, 0, 1, 4)
        grid.addWidget(self.storage, 2, 4, 1, 2)
        for index, panel in enumerate((self.outcomes, self.projects, self.agents)):
            grid.addWidget(panel, 3, 2 * index, 1, 2)
        grid.addWidget(self.formats, 4, 0, 1, 2)
        grid.addWidget(self.consolidation, 5, 0, 1, 2)
        grid.addWidget(self.aside, 4, 2, 2, 4)
        for column in range(6):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(6, 1)
        return area

    # -- the frame's calls -----------------------------------------------------------------

    def refresh(self, changed: Changed) -> None:
        """Read the figures again when a write touched them."""
        if changed & (Changed.EPISODES | Changed.MARKS | Changed.PROTOTYPES):
            self.reload()

    def restore(self, place: Place) -> None:
        """Do nothing: the overview has no selection."""

    def reload(self) -> None:
        """Read the figures again; the old ones stay until the new ones are here."""
        self.page.show_loading("Adding up…")
        self._read.ask(_read_figures, self._on_figures, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The figures could not be read", error, self.reload)

    def _on_figures(self, figures: Figures) -> None:
        stats, facets = figures.stats, figures.facets
        if not stats.episodes and not stats.set_aside:
            self.page.show_empty(
                "This store is empty",
                "Import agents' sessions from the File menu, "
                "or drop files and folders on the window.",
            )
            return
        self.headline.show_stats(stats)
        self.held.show_stats(stats)
        self.growth.show_growth(figures.growth)
        self.storage.show_stats(stats)
        self.outcomes.show_rows(self._outcome_rows(stats), total=stats.episodes)
        self.projects.show_rows([self._row("project", *pair) for pair in facets.projects])
        self.agents.show_rows([self._row("agent", *pair) for pair in facets.agents])
        formats = sorted(stats.formats, key=lambda pair: -pair[1])
        self.formats.show_rows([BarRow(name, count, Colour.SERIES_3) for name, count in formats])
        self.aside.show_files(figures.aside)
        self.consolidation.show_standing(figures.standing, figures.last_cycle)
        self.page.show_content()

    # -- links -----------------------------------------------------------------------------

    def _leads_to(self, query: EpisodeQuery) -> Callable[[], None]:
        return lambda: self.query_wanted.emit(query)

    def _outcome_rows(self, stats: Stats) -> list[BarRow]:
        counts = dict(stats.outcomes)
        rows = []
        for outcome in Outcome:
            mark = OUTCOMES[outcome]
            action = self._leads_to(EpisodeQuery(outcome=outcome))
            count = counts.get(outcome.value, 0)
            shown = action if count else None
            rows.append(BarRow(str(mark), count, mark.colour, shown, "show these episodes"))
        return rows

    def _row(self, field: str, name: str, count: int) -> BarRow:
        query = EpisodeQuery(project=name) if field == "project" else EpisodeQuery(agent=name)
        colour = Colour.SERIES_1 if field == "project" else Colour.SERIES_4
        action = self._leads_to(query) if name else None
        return BarRow(name, count, colour, action, "show these episodes")


def _read_figures(memory: Memory, job: Job) -> Figures:
    import_charts()
    counts = (
        memory.figures.stats(),
        memory.episodes.facets(),
        memory.figures.growth(),
        memory.sources.aside(),
    )
    last = next(iter(memory.consolidation.cycles(0, 1)), None)
    return Figures(*counts, read_standing(memory, job), last)
