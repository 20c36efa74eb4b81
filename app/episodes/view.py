"""The episodes that a query finds, and the conversation of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.episodes.episode_pane import EpisodePane
from app.episodes.list.answer import Answer, find, in_words
from app.episodes.list.densities import Densities
from app.episodes.list.episode_table import EpisodeTable
from app.episodes.list.kept_selection import KeptSelection
from app.episodes.list.list_view import Density, EpisodeListView
from app.episodes.list.no_rows import show_no_rows
from app.episodes.list_head import ListHead
from app.episodes.noted_line import NotedLine
from app.episodes.reading_frame import Layout, ReadingFrame
from app.episodes.sidebar.filter_sidebar import FilterSidebar
from app.kit.command_menu import ON_EPISODES, Offered
from app.kit.controls.state_page import StatePage
from app.kit.day_turn import DayTurn
from app.kit.index_notice import SearchIndexNotice
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.selection_facts import SelectionCall, episode_alone
from app.kit.session import Session
from app.kit.view import View
from app.kit.view_names import ViewName
from hpm_engine import Changed, EpisodeQuery, SortColumn, narrowed

_UNFILTERED = Changed.RECALLS | Changed.AUDIT  # what changes no value that filters offer


class EpisodesView(View):
    """The view of episodes: a list, and beside it the conversation of the chosen one.

    ``sidebar`` is the place left of the list, ``list_head`` the line above it.
    ``read_asked`` wants the conversation to have the whole window, or, with False, the list back.
    ``counted`` tells episodes and hits of the last query that could be answered,
    ``rows_shown`` that its first rows were painted, ``query_failed`` why one could not be,
    ``facets_read`` which values the filters offer now, ``notes_wanted`` a search of notes.
    """

    counted = Signal(int, int)
    query_failed = Signal(object)
    rows_shown = Signal()
    query_changed = Signal(object)
    facets_read = Signal(object)
    read_asked = Signal(bool)
    notes_wanted = Signal(str)

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._navigator = session, navigator
        self._query = EpisodeQuery()
        self._marked = ""  # the text of the query whose rows are shown
        self._find = LatestRead(session, self)
        self._facets = LatestRead(session, self, whole_store=True)
        self._restoring = self._to_top = self._facets_due = False
        self.filters = FilterSidebar(session)
        self.noted = NotedLine(session)
        self.index = SearchIndexNotice(session)
        self.model = EpisodeTable(session, self)
        self.table = EpisodeListView(self.model)
        self._densities = Densities()
        self.day_turn = DayTurn(self)
        self.page = StatePage(self.table)
        self.pane = EpisodePane(session)
        self._arrange()
        self._connect()
        self.setFocusProxy(self.table)
        self._set_density(self._densities.of(self.frame.layout_now))
        self._show_sort()
        self.refresh(Changed.EPISODES)

    def _arrange(self) -> None:
        browser = QWidget()
        column = QVBoxLayout(browser)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.list_head = ListHead()
        column.addWidget(self.list_head)
        column.addWidget(self.noted)
        column.addWidget(self.page, 1)
        self.frame = ReadingFrame(browser, self.pane)
        self.frame.setObjectName("sidebar and episodes")
        self.sidebar = self.frame.sidebar
        self.sidebar.put(self.filters)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.index)
        layout.addWidget(self.frame, 1)

    def _connect(self) -> None:
        self.filters.text_wanted.connect(self._on_text)
        self.filters.failed.connect(self.query_failed)
        self.table.sort_asked.connect(self._on_sorted)
        self.list_head.options.sort_asked.connect(self._on_sorted)
        self.list_head.options.density_asked.connect(self._set_density)
        self.table.step_key.connect(self.pane.timeline.press)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.selectionModel().selectionChanged.connect(self.selection_changed)
        self.table.opened.connect(lambda: self.read_asked.emit(True))
        self.list_head.layout_chosen.connect(self.frame.arrange)
        self.list_head.sidebar_asked.connect(self.frame.show_sidebar)
        self.frame.arranged.connect(self._on_arranged)
        self.frame.sidebar_shown.connect(self.list_head.show_sidebar)
        self.noted.chosen.connect(self.notes_wanted)
        self.table.painted.connect(self.rows_shown)
        self.table.painted.connect(self._ask_the_rest)
        self.table.narrowed.connect(self._on_narrowed)
        self.model.failed.connect(self._on_page_failed)
        self.day_turn.begun.connect(self._search)
        self.pane.left.connect(self._on_left)
        self.pane.step_changed.connect(self._on_step)
        self.pane.notes.edit_wanted.connect(self.edit_wanted)

    # -- the query -------------------------------------------------------------------------

    def query(self) -> EpisodeQuery:
        """The query that is shown or being answered."""
        return self._query

    def set_query(self, query: EpisodeQuery) -> None:
        """Show what another query finds; a wrong one leaves the last good rows in place."""
        query = in_words(query)
        if query == self._query:
            return
        self._query = query
        self.noted.clear()
        self.filters.show_text(query.text)
        self._show_sort()
        self.query_changed.emit(query)
        self._search()

    def _on_text(self, text: str) -> None:
        self.set_query(msgspec.structs.replace(self._query, text=text))

    def _on_narrowed(self, term: str, excluded: bool) -> None:
        self._on_text(narrowed(self._query.text, term, excluded=excluded))

    def _on_sorted(self, column: SortColumn | None, down: bool) -> None:
        """Search in another order, and go to its top: what is worst, newest, dearest is there."""
        if column is None:
            self._show_sort()
        else:
            self._to_top = True
            self.set_query(msgspec.structs.replace(self._query, sort=column, descending=down))

    def _show_sort(self) -> None:
        self.table.show_order(self._query)
        self.list_head.options.show_order(self._query)

    def _search(self) -> None:
        query = self._query
        # Other words find other rows, mostly with the first of them in sight.
        at_top = self._to_top or query.text != self._marked or self.table.rowAt(0) <= 0
        if not self.model.rowCount():
            self.page.show_loading("Searching…")
        self._find.ask(
            partial(find, query, at_top), partial(self._on_found, query.text), self._on_not_found
        )

    def _on_found(self, text: str, answer: Answer) -> None:
        episode_list, days, first = answer
        self._marked = text
        kept = KeptSelection(self.table, self.model)
        self._restoring = True
        new_rows = self.model.show_list(episode_list, first)
        self.table.show_days(days)
        if new_rows:
            kept.restore()
        if self._to_top:
            self.table.scrollToTop()
        self._restoring = self._to_top = False
        if len(episode_list):
            self.page.show_content()
            self.table.watch_paint()
            self._choose_some_row()
        else:
            self._show_empty()
            self._ask_the_rest()
        self.list_head.show_count(len(episode_list))
        self.counted.emit(len(episode_list), episode_list.hits)
        if new_rows:
            self.selection_changed.emit()

    def _choose_some_row(self) -> None:
        """Keep the episode that is shown, or else show that of the first row."""
        shown = self.pane.episode_id
        row = self.model.row_of(shown) if shown is not None else None
        if row is None and (shown is None or self._query.text):
            row = 0
        if row is None:
            return
        if self.table.current_row() != row:
            self._select(row)
        if (episode_id := self.model.id_at(row)) is not None:
            self.pane.show_episode(episode_id, self._marked)

    def _select(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        wanted = flags.ClearAndSelect | flags.Rows
        self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), wanted)

    def _show_empty(self) -> None:
        index = self.index.begin if self.index.waiting and self._session.writable else None
        clear = partial(self.set_query, EpisodeQuery()) if self._query.text else None
        show_no_rows(self.page, index if self._query.text else None, clear)

    def _on_not_found(self, error: Exception) -> None:
        if not self.model.rowCount():
            self.page.show_error("The search failed", error, self._search)
        self.noted.hide()
        self.query_failed.emit(error)

    def _on_page_failed(self, error: Exception) -> None:
        self.page.show_error("The episodes could not be read", error, self._search)

    # -- layouts ---------------------------------------------------------------------------

    def read_alone(self, reading: bool) -> None:
        """Give the conversation the whole view and the keyboard, or take both back."""
        self.frame.read_alone(reading)
        (self.pane.timeline if reading or not self.frame.list_shown else self.table).setFocus()

    def _on_left(self) -> None:
        """Go from the conversation back to the list, showing it where it is hidden."""
        self.read_asked.emit(False)
        self.frame.list_again()
        self.table.setFocus()

    def _on_arranged(self, layout: Layout) -> None:
        self.list_head.show_layout(layout)
        self._set_density(self._densities.of(layout))
        self.setFocusProxy(self.table if self.frame.list_shown else self.pane.timeline)

    def _set_density(self, density: Density) -> None:
        self._densities.choose(self.frame.layout_now, density)
        self.table.set_density(density)
        self.list_head.options.show_density(density)

    def left_as(self) -> str:
        """The layout, how much room rows take in each, and the folded filters: remembered."""
        parts = (self.frame, self._densities, self.filters)
        return "; ".join(part.left_as() for part in parts)

    def restore_as(self, text: str) -> None:
        """Take on what ``left_as`` said; nothing where it is not understood."""
        layout, densities, filters = [*text.split("; ", 2), "", ""][:3]
        self._densities.restore_as(densities)
        self.filters.restore_as(filters)
        self.frame.restore_as(layout)
        self._set_density(self._densities.of(self.frame.layout_now))

    def move_by(self, rows: int) -> None:
        """Show the episode so many rows further down the list, also where the list is hidden."""
        row = self.table.current_row()
        wanted = 0 if row is None else row + rows
        if 0 <= wanted < self.model.rowCount():
            self._select(wanted)

    # -- selection -------------------------------------------------------------------------

    def facts_of(self, here: Place, go: Callable[[Place], None]) -> SelectionCall | None:
        """The episode that is read, or its step."""
        return None if here.episode_id is None else episode_alone

    def selected_episodes(self) -> Sequence[int]:
        """The selected rows; where the list is hidden, the episode that is read."""
        if self.frame.list_shown:
            return self.selected_ids()
        return () if self.pane.episode_id is None else (self.pane.episode_id,)

    def selected_ids(self) -> list[int]:
        """The ids of all selected rows, in the order of the table."""
        return [
            episode_id
            for first, last in self.table.selected_spans()
            for episode_id in self.model.ids_between(first, last)
        ]

    def _on_row(self) -> None:
        row = self.table.current_row()
        episode_id = None if row is None else self.model.id_at(row)
        if self._restoring or episode_id is None:
            return
        self.pane.show_episode(episode_id, self._marked)
        here = self._navigator.current
        if here.view is ViewName.EPISODES and here.episode_id != episode_id:
            self._navigator.go(Place(ViewName.EPISODES, episode_id))

    def _on_step(self, episode_id: int, seq: int) -> None:
        here = self._navigator.current
        if here.view is ViewName.EPISODES and episode_id == self.pane.episode_id:
            self._navigator.go(Place(ViewName.EPISODES, episode_id, seq))

    def restore(self, place: Place) -> None:
        """Show the episode of a place (in the table if the query finds it) and its step."""
        if place.view is not ViewName.EPISODES:
            return
        if place.episode_id is None:
            self._on_row()  # what was highlighted out of sight is what is selected now
            return
        self.pane.show_episode(place.episode_id, self._marked, place.seq)
        row = self.model.row_of(place.episode_id)
        if row is not None and row != self.table.current_row():
            self._restoring = True
            self._select(row)
            self._restoring = False

    # -- the frame's calls -----------------------------------------------------------------

    def offer_commands(self, offered: Offered) -> None:
        """Offer what can be done with the selected episodes."""
        self.table.set_menu(partial(offered, ON_EPISODES))
        self.pane.offer_commands(offered)

    def refresh(self, changed: Changed) -> None:
        """Show what a write changed; selection and scroll position stay."""
        self.index.refresh(changed)
        self.noted.refresh(changed)
        if not changed & (Changed.EPISODES | Changed.MARKS | Changed.RECALLS):
            return
        self.filters.renew()
        self._facets_due = self._facets_due or changed != changed & _UNFILTERED
        self._search()
        if changed & Changed.EPISODES:
            self.pane.reload()

    def _ask_the_rest(self) -> None:
        """Read, after the rows, what notes hold, and what filters offer: of every episode."""
        self.noted.ask(self._query)
        if self._facets_due:
            self._facets_due = False
            self._facets.ask(
                lambda memory, _job: memory.episodes.facets(),
                self.facets_read.emit,
                self.query_failed.emit,
            )
        self.filters.ask()
