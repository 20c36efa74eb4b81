"""The pane on the right: what is selected anywhere, in facts, relations and its original."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.kit.controls.fact_list import Fact
from app.kit.icons import Icon, icon
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.selection_facts import SelectionCall, SelectionFacts
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.view import View
from app.kit.view_names import ViewName
from app.shell.side_pane.episode_selection import whole_call
from app.shell.side_pane.fact_page import FactPage
from hpm_engine import Changed

if TYPE_CHECKING:
    from app.episodes.raw_pane import RawPane

_SETTLE_MS = 60  # walking through a table asks only for where one stays
_CHARACTERS = 48  # of its width at first
_NARROWEST = 42  # characters
_EMPTY = "Select something to see its facts, what it comes from and the original behind it."
_SHOWN = Changed.EPISODES | Changed.MARKS | Changed.RECALLS | Changed.PROTOTYPES
_NOTHING = SelectionFacts(title="Nothing selected")

ViewOf = Callable[[ViewName], View]


class SidePane(QDockWidget):
    """A dock that follows the navigator; late answers are dropped; ``shown`` has the place."""

    shown = Signal(object)
    closed = Signal()  # by its own button

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Selection", parent)
        self.setObjectName("side pane")
        self.setAllowedAreas(Qt.DockWidgetArea.RightDockWidgetArea)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self._navigator: Navigator | None = None
        self._view_of: ViewOf | None = None
        self._reads: LatestRead | None = None
        self._place: Place | None = None
        self._record: Callable[[], None] = lambda: None
        self._session: Session | None = None
        self.raw: RawPane | None = None
        self.facts = FactPage("Facts of the selection")
        self.related = FactPage("What the selection comes from, and what came of it")
        self._title = SafeLabel(bold=True)
        self._name = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.facts, "Facts")
        self.tabs.addTab(self.related, "Related")
        self.tabs.currentChanged.connect(lambda _: self._record())
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._ask)
        self.setTitleBarWidget(self._head())
        self.setWidget(self._body())
        self.visibilityChanged.connect(self._on_visible)
        self._show(_NOTHING)

    def _head(self) -> QWidget:
        head = QWidget()
        hide = QToolButton(autoRaise=True)
        hide.setIcon(icon(Icon.CLOSE))
        hide.setToolTip(tip("Hide this pane (F9)."))
        hide.setAccessibleName("Hide the side pane")
        hide.clicked.connect(self._on_closed)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 4, 4, 4)
        row.addWidget(self._title, 1)
        row.addWidget(hide)
        return head

    def _body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._name.setContentsMargins(12, 0, 8, 8)
        column.addWidget(self._name)
        column.addWidget(self.tabs, 1)
        body.setMinimumWidth(self.fontMetrics().averageCharWidth() * _NARROWEST)
        return body

    def sizeHint(self) -> QSize:
        """Wide enough for the facts of a step."""
        return QSize(self.fontMetrics().averageCharWidth() * _CHARACTERS, 400)

    # -- the store -------------------------------------------------------------------------

    def follow(self, session: Session, navigator: Navigator, view_of: ViewOf) -> None:
        """Show what is selected in an open store; each view says what its places are."""
        self.leave()
        self._navigator, self._view_of = navigator, view_of
        self._reads = LatestRead(session, self)
        self._session = session
        navigator.moved.connect(self._on_moved)
        session.changed.connect(self._on_changed)
        self._on_moved()

    def leave(self) -> None:
        """Show nothing, since no store is open."""
        self._timer.stop()
        if self._reads is not None:
            self._reads.cancel()
        if self.raw is not None:
            self.tabs.removeTab(self.tabs.indexOf(self.raw))
            self.raw.deleteLater()
        self._navigator = self._reads = self._place = self.raw = self._view_of = None
        self._session = None
        self._show(_NOTHING)

    def _add_raw(self) -> None:
        """Make the tab of the original, once there is something to tell of: rows come first."""
        if self.raw is None and self._session is not None:
            from app.episodes.raw_pane import RawPane

            self.raw = RawPane(self._session)
            self.tabs.addTab(self.raw, "Raw")

    # -- what is shown ---------------------------------------------------------------------

    def groups(self) -> dict[str, tuple[Fact, ...]]:
        """The facts on screen by their heading, those of all tabs."""
        return self.facts.groups() | self.related.groups()

    def title(self) -> str:
        """What the selection is, in words."""
        return self._title.whole_text()

    def name(self) -> str:
        """What the selection is called."""
        return self._name.whole_text()

    def show_raw(self) -> None:
        """Show the original behind the selection."""
        self._add_raw()
        if self.raw is not None:
            self.tabs.setCurrentWidget(self.raw)

    def _on_moved(self, _: object = None) -> None:
        """Ask for what is selected now: a view may have moved on while it was told of a place."""
        here = self._navigator.current if self._navigator is not None else None
        if here is None or here == self._place:
            return
        if self._place is not None and here.view is not self._place.view:
            self._show(SelectionFacts(title="…"))  # nothing of the view before stays
        self._place = here
        self._timer.start()

    def _on_changed(self, changed: Changed) -> None:
        if changed & _SHOWN and self._place is not None:
            self._timer.start()

    def _on_visible(self, visible: bool) -> None:
        if visible and self._place is not None:
            self._timer.start()

    def _ask(self) -> None:
        """Read what the place is, unless nobody would see it."""
        here = self._place
        if self._reads is None or here is None or not self.isVisible():
            return
        self._add_raw()
        call = self._call(here)
        if call is None:
            self._reads.cancel()
            self._show(_NOTHING)
            self.shown.emit(here)
            return
        self._reads.ask(call, lambda facts: self._on_read(here, facts), self._on_failed)

    def _call(self, here: Place) -> SelectionCall | None:
        if self._view_of is None or self._navigator is None:
            return None
        go = self._navigator.show
        own = self._view_of(here.view).facts_of(here, go)
        return None if own is None else whole_call(own, here, go)

    def _on_read(self, here: Place, facts: SelectionFacts) -> None:
        self._show(facts)
        self.shown.emit(here)

    def _on_failed(self, error: Exception) -> None:
        self._show(SelectionFacts(title="Not to be read", name=str(error)))

    def _show(self, facts: SelectionFacts) -> None:
        nothing = facts is _NOTHING
        self.setWindowTitle(facts.title)
        self._title.setText(facts.title)
        self._name.setText(_EMPTY if nothing else one_line(facts.name, 300))
        self._name.setVisible(bool(self._name.text()))
        self.facts.show_groups(facts.facts, facts.details)
        self.related.show_groups(
            facts.related, nothing="" if nothing else "Nothing else is known to belong to it."
        )
        self._record = lambda: self._show_record(facts)
        self._record()

    def _show_record(self, facts: SelectionFacts) -> None:
        """Show the original, once it is looked at: it may be long."""
        if self.raw is None:
            return
        record = facts.record
        if record is None:
            self.raw.show_none(facts.title)
        elif self.tabs.currentWidget() is self.raw:
            self.raw.show_record(record.episode_id, record.seq)

    def _on_closed(self) -> None:
        self.hide()
        self.closed.emit()
