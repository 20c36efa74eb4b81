"""The sidebar: what the list can be narrowed to, with counts; it writes the search."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.episodes.sidebar.facet_list import FacetList, Press, State
from app.episodes.sidebar.facets import SECTIONS, Option, Section, options
from app.kit.latest_read import LatestRead
from app.kit.plain_text import one_line, tip
from app.kit.session import Session
from app.kit.theme.spacing import HAIR
from hpm_engine import (
    BadQuery,
    Chosen,
    FacetCounts,
    Filters,
    Job,
    Memory,
    SavedSearch,
    filters_of,
    with_filter,
)

_LISTED = 7  # values of a section, until more are asked for
_LATE_MS = 150  # what is counted by then takes the place of earlier counts without a blink
_SAVED = "Saved searches"
_SHUT = ("Models", "Text kept", "Learned")  # until somebody opens them


class FilterSidebar(QWidget):
    """Filters of the search on screen: they are read from its text and written into it.

    ``text_wanted`` tells the search that a person chose. Counts are read, and lines made, while
    it is to be seen.
    """

    text_wanted = Signal(str)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self, whole_store=True)
        self._due = self._behind = True
        self._stale = False  # whether the counts are those of another search
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self._on_late)
        self._text = ""
        self._filters = Filters("", {}, {})
        self._counts = FacetCounts({})
        self._searches: Sequence[SavedSearch] = ()
        self._shut, self._whole = set(_SHUT), set[str]()
        self.finder = QLineEdit()
        self.finder.setPlaceholderText("Find a filter")
        self.finder.setAccessibleName("Find a filter")
        self.finder.setClearButtonEnabled(True)
        self.finder.textChanged.connect(self._list)
        self._clear = QPushButton("Clear")
        self._clear.setToolTip(tip("Take all filters out of the search; its words stay."))
        self._clear.clicked.connect(self.clear)
        self.list = FacetList()
        self.list.pressed_option.connect(self._on_pressed)
        self.list.folded.connect(self._on_folded)
        self.list.more_asked.connect(self._on_more)
        self.list.search_asked.connect(lambda search: self.text_wanted.emit(search.text))
        top = QHBoxLayout()
        top.setContentsMargins(HAIR, HAIR, HAIR, HAIR)
        top.setSpacing(HAIR)
        top.addWidget(self.finder, 1)
        top.addWidget(self._clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        self._list()

    @property
    def active(self) -> bool:
        """Whether the search has any filter."""
        return bool(self._filters.chosen)

    def clear(self) -> None:
        """Take every filter out of the search."""
        self.text_wanted.emit(self._filters.rest)

    def left_as(self) -> str:
        """Which sections are folded, to be remembered."""
        return "folded " + ", ".join(sorted(self._shut))

    def restore_as(self, text: str) -> None:
        """Fold the sections that ``left_as`` named; nothing where it is not understood."""
        if text.startswith("folded "):
            known = {_SAVED, *(section.name for section in SECTIONS)}
            self._shut = known.intersection(text.removeprefix("folded ").split(", "))
            self._list()

    # -- what is shown ---------------------------------------------------------------------

    def show_text(self, text: str) -> None:
        """Mark what a search asks for; a wrong one leaves what was marked."""
        try:
            self._filters = filters_of(text)
        except BadQuery:
            return
        self._text, self._due = text, True
        self._list()

    def renew(self) -> None:
        """The store was changed: counts are read again when they are asked for."""
        self._due = True

    def ask(self) -> None:
        """Read the counts, if they are to be seen and may be others by now."""
        if self._due and self.isVisible():
            self._due = False
            self._late.start()
            self._read.ask(partial(_counted, self._text), self._on_counted, self._on_failed)

    def showEvent(self, event: QShowEvent) -> None:
        """List and read what was not while nobody saw it."""
        super().showEvent(event)
        if self._behind:
            self._list()
        self.ask()

    def _on_late(self) -> None:
        """Take away counts that are not of this search, unless the new ones come at once."""
        self._stale = True
        self._list()

    def _on_counted(self, answer: tuple[FacetCounts, Sequence[SavedSearch]]) -> None:
        self._late.stop()
        self._stale = False
        self._counts, self._searches = answer
        self._list()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, BadQuery):  # the search itself says that
            self.failed.emit(error)

    def _list(self) -> None:
        self._behind = not self.isVisible()
        if self._behind:
            return
        bar = self.list.verticalScrollBar()
        kept, row = bar.value(), self.list.currentRow()
        typed = self.finder.text().strip().casefold()
        self.list.setUpdatesEnabled(False)
        self.list.clear()
        self._list_searches(typed)
        for section in SECTIONS:
            self._list_section(section, typed)
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self.list.setUpdatesEnabled(True)
        bar.setValue(kept)
        self._clear.setVisible(self.active)

    def _list_searches(self, typed: str) -> None:
        searches = [search for search in self._searches if typed in search.name.casefold()]
        if not searches:
            return
        open_ = _SAVED not in self._shut or bool(typed)
        self.list.add_head(_SAVED, open_=open_, asked=0)
        for search in searches if open_ else ():
            self.list.add_search(one_line(search.name), search)

    def _list_section(self, section: Section, typed: str) -> None:
        chosen = dict(self._filters.chosen)
        offered = options(section, self._counts, chosen)
        offered = [option for option in offered if typed in option.name.casefold()]
        states = {option: self._state(option) for option in offered}
        # What is chosen is in sight, however few episodes it has, and what leaves none is not.
        offered = [o for o in offered if o.count or states[o] is not State.OPEN]
        if not offered:
            return
        asked = sum(state is not State.OPEN for state in states.values())
        open_ = section.name not in self._shut or bool(typed) or bool(asked)
        self.list.add_head(section.name, open_=open_, asked=asked)
        if not open_:
            return
        whole = section.name in self._whole or len(offered) <= _LISTED + 1
        listed = offered if whole else offered[:_LISTED]
        listed = [*listed, *(o for o in offered if o not in listed and states[o] is not State.OPEN)]
        for option in listed:
            self.list.add_option(option, states[option], counted=not self._stale)
        if len(listed) < len(offered):
            self.list.add_more(section.name, len(offered) - len(listed))

    def _state(self, option: Option) -> State:
        chosen = self._filters.chosen.get(option.field, Chosen())
        value = option.value.casefold()
        if value in map(str.casefold, chosen.included):
            return State.INCLUDED
        return State.EXCLUDED if value in map(str.casefold, chosen.excluded) else State.OPEN

    # -- what a person does ----------------------------------------------------------------

    def _on_pressed(self, option: Option, press: Press) -> None:
        chosen = self._filters.chosen.get(option.field, Chosen())
        state = self._state(option)
        value = option.value.casefold()
        included = tuple(v for v in chosen.included if v.casefold() != value)
        excluded = tuple(v for v in chosen.excluded if v.casefold() != value)
        single = option.field == "after"
        if press is Press.OUT and not single:
            excluded = (*excluded, option.value) if state is not State.EXCLUDED else excluded
        elif press is Press.TOO and not single:
            included = (*included, option.value) if state is not State.INCLUDED else included
        else:
            alone = state is State.INCLUDED and not included and not excluded
            included, excluded = () if alone else (option.value,), ()
        wanted = Chosen(included, excluded)
        self.text_wanted.emit(with_filter(self._text, option.field, wanted))

    def _on_folded(self, title: str) -> None:
        self._shut ^= {title}
        self._list()

    def _on_more(self, title: str) -> None:
        self._whole.add(title)
        self._list()


def _counted(text: str, memory: Memory, job: Job) -> tuple[FacetCounts, Sequence[SavedSearch]]:
    return memory.episodes.facet_counts(text, job), memory.searches.all()
